import { testFrame, testLayout } from '../../testing/frames.ts';
import { createScorer } from '../workload-scorer.ts';
import { OVERLOAD_FEATURES, overloadProbabilities, overloadVerdict } from './index.ts';

const of = (factors: Readonly<Record<string, number>>): Float64Array =>
  Float64Array.from(OVERLOAD_FEATURES, ({ name }) => Math.log(factors[name] ?? 1));

describe('overloadVerdict', () => {
  it.each([
    ['dos', of({ traffic: 8, onset: 8, cpu: 6, cpu_beyond_traffic: 0.75, suffering: 12 })],
    ['attack', of({ cpu: 8, cpu_beyond_traffic: 8, one_pod: 6 })],
    ['natural', of({ traffic: 2, onset: 1.1, cpu: 2, suffering: 3 })],
  ])('tells %s from what it looks like', (kind, features) => {
    const verdict = overloadVerdict(features)!;
    expect(verdict.kind).toBe(kind);
    const { dos, attack, natural } = verdict.probabilities;
    expect(dos + attack + natural).toBeCloseTo(1, 12);
    expect(verdict.reasons.length).toBeGreaterThan(0);
  });

  it('has nothing to say where nothing is overloaded', () => {
    expect(overloadVerdict(of({ traffic: 1.1, cpu: 0.5 }))).toBeUndefined();
  });
});

describe('overloadProbabilities', () => {
  it('is even without weights', () => {
    const none = [0, 1, 2].map(() => new Array<number>(OVERLOAD_FEATURES.length + 1).fill(0));
    expect(overloadProbabilities(of({ cpu: 5 }), none)).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });
});

describe('createScorer', () => {
  it('gives an alarm its kind of overload, and a quiet score none', () => {
    const layout = testLayout(
      'network_receive_bytes:bytes_per_second',
      'network_transmit_bytes:bytes_per_second',
      'cpu_usage_cores:cpu_cores',
    );
    const scorer = createScorer({ stepSeconds: 30, bank: false, seed: 1 });
    const scores = Array.from({ length: 310 }, (_, i) => {
      const flood = i >= 300 ? 10 : 1;
      const wobble = 1 + 0.05 * Math.sin(i);
      return scorer.score([
        testFrame(layout, 1_700_000_000 + i * 30, [1e5 * flood * wobble, 2e5 * flood * wobble, 0.5 * flood * wobble]),
      ])[0]!;
    });
    expect(scores[250]!.overload).toBeUndefined();
    expect(scores.slice(300).find(({ value }) => value >= 1)!.overload!.kind).toBe('dos');
  });
});
