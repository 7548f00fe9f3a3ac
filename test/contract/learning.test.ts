import { formatProof, runFeedback } from '../../src/evaluation/index.ts';
import { systemClock } from '../../src/platform/index.ts';

/** A sample of the soak `feedback`: one small cluster. What it says of the bars stands in docs/feedback.md. */
describe('learning from verdicts', () => {
  it('takes false alarms away, keeps faults, and finds what was missed', async () => {
    const proof = await runFeedback({ clock: systemClock }, { seeds: [21], workloads: 4 });
    const five = proof.sets.find(({ set }) => set.name === 'N=5')!;
    expect(five.without.falseAlarms).toBeGreaterThanOrEqual(5);
    expect(five.drop.value).toBeGreaterThanOrEqual(0.5);
    expect(five.taught.found).toBeGreaterThanOrEqual(five.without.found - 1);
    expect(five.recall).toBeGreaterThanOrEqual(five.controlRecall);
    const missed = proof.missed.find(({ set }) => set.name === 'N=10')!;
    expect(missed.recallTaught).toBeGreaterThanOrEqual(missed.recallWithout);
    expect(formatProof(proof)).toContain('N=10, 20 % wrong');
  }, 300_000);
});
