import { ACTS, actAt, deriveSchedule, phaseFile, TARGETS } from './drill-schedule.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 8, 21, 10);
const schedule = deriveSchedule({ startMs: START, warmUpMs: 30 * MINUTE, actMs: 8 * MINUTE, restMs: 7 * MINUTE });

describe('deriveSchedule', () => {
  it('has every act once, apart from each other, and an end', () => {
    expect(schedule.phases.map(({ act }) => act)).toEqual(ACTS);
    for (const [i, { startMs }] of schedule.phases.entries())
      expect(startMs - (schedule.phases[i - 1]?.endMs ?? START)).toBe((i === 0 ? 30 : 7) * MINUTE);
    expect(schedule.endMs).toBe(START + 105 * MINUTE);
  });
});

describe('actAt', () => {
  it('is quiet before, between and after', () => {
    const [first] = schedule.phases;
    expect(actAt(schedule, START)).toBe('quiet');
    expect(actAt(schedule, first?.startMs ?? 0)).toBe('load');
    expect(actAt(schedule, first?.endMs ?? 0)).toBe('quiet');
    expect(actAt(schedule, schedule.endMs)).toBe('quiet');
  });
});

describe('phaseFile', () => {
  const names = { namespace: 'bellwether-lab', prefix: 'bellwether-lab' };

  it('names times, workload and kind of every act that has ended', () => {
    const file = JSON.parse(phaseFile(schedule, names, schedule.endMs)) as { phases: { kind: string; workload: string; start: string }[] };
    expect(file.phases.map(({ kind, workload }) => [kind, workload])).toEqual(ACTS.map((act) => [act, `bellwether-lab-${TARGETS[act]}`]));
    expect(file).toMatchObject({ clean_until: '2026-09-21T10:30:00Z' });
    expect(file.phases[1]).toEqual({
      start: '2026-09-21T10:45:00Z',
      end: '2026-09-21T10:53:00Z',
      namespace: 'bellwether-lab',
      workload: 'bellwether-lab-web',
      kind: 'miner',
      id: 'drill-miner',
    });
  });

  it('leaves out what was cut short', () => {
    const file = JSON.parse(phaseFile(schedule, names, START + 46 * MINUTE)) as { phases: { kind: string }[] };
    expect(file.phases.map(({ kind }) => kind)).toEqual(['load']);
  });
});
