import { afterglow, noteAlarm } from './afterglow.ts';
import { createWorkloadState } from './workload-state.ts';

const LAYOUT = { version: 'test', features: [{ name: 'a', unit: '', unitClass: 'other' as const }] };
const fresh = () => createWorkloadState(LAYOUT, { stepSeconds: 60, bank: false }, []);

describe('afterglow', () => {
  it('is nothing for a workload that never alarmed', () => {
    expect(afterglow(fresh(), 1_700_000_000)).toBe(0);
  });

  it('fades over half a day, whatever the distance of samples', () => {
    const state = fresh();
    noteAlarm(state, 1_700_000_000);
    const first = afterglow(state, 1_700_000_000);
    expect(first).toBeGreaterThan(1);
    expect(afterglow(state, 1_700_000_000 + 43_200) / first).toBeCloseTo(Math.exp(-1));
    expect(afterglow(state, 1_700_000_000 + 10 * 86_400)).toBeLessThan(1e-6);
  });

  it('is nothing for a state that was kept before alarms were noted', () => {
    const state = fresh();
    state.doubles.fill(0);
    expect(afterglow(state, 1_700_000_000)).toBe(0);
  });
});
