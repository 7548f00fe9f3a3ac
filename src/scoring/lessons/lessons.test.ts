import fc from 'fast-check';
import type { Score } from '../../conventions/index.ts';
import { type Adjustment, type AdjustmentKind, HALF_LIFE_SECONDS } from '../../feedback/index.ts';
import { seededRandom } from '../../platform/index.ts';
import { gaussian, quietLifecycle, testFrame, testKey, testLayout } from '../../testing/frames.ts';
import type { Scorer, WorkloadSnapshot } from '../scorer.ts';
import { createScorer } from '../workload-scorer.ts';
import { compileLessons, type Lesson } from './lesson.ts';
import { createSignatureShape } from './signature.ts';

const STEP = 300;
const START = 1_700_000_000;
const layout = testLayout('cpu:cpu_cores', 'memory:memory_bytes', 'tx:bytes_per_second', 'reads:bytes_per_second');
/** Four days: what came once in them is still a surprise. */
const PAST = 1152;

type Values = readonly [number, number, number, number];

/** A calm workload at 300 s, whose values are multiplied by what goes on. */
const createCalm = (seed = 5) => {
  const random = seededRandom(seed);
  const noise = () => 1 + 0.05 * gaussian(random);
  return (factors: Values = [1, 1, 1, 1]): Values => [
    0.5 * noise() * factors[0],
    2e8 * noise() * factors[1],
    5e4 * noise() * factors[2],
    2e5 * noise() * factors[3],
  ];
};
const BATCH: Values = [3, 1, 1, 5];
const MINER: Values = [6, 1, 1, 1];

const scorerOf = (): Scorer => createScorer({ stepSeconds: STEP, bank: true, seed: 1 });

/** Plays on from a snapshot: the past is scored once for all tests. */
const createRun = (from?: { readonly snapshot: WorkloadSnapshot; readonly step: number }) => {
  const scorer = scorerOf();
  if (from) scorer.restore(from.snapshot);
  let step = from?.step ?? 0;
  const calm = createCalm(step + 5);
  const play = (count: number, factors?: Values, to: Scorer = scorer): Score[] =>
    Array.from(
      { length: count },
      () => to.score([testFrame(layout, START + step++ * STEP, calm(factors), { lifecycle: quietLifecycle })])[0]!,
    );
  return { scorer, play, seconds: () => START + step * STEP, save: () => ({ snapshot: [...scorer.snapshot()][0]!, step }) };
};
const peak = (scores: readonly Score[]): number => Math.max(...scores.map(({ value }) => value));

const adjustment = (kind: AdjustmentKind, fromSeconds: number, toSeconds: number, more: Partial<Adjustment> = {}): Adjustment => ({
  id: `${kind}-${fromSeconds}`,
  key: testKey(),
  kind,
  fromSeconds,
  toSeconds,
  givenSeconds: toSeconds,
  untilSeconds: Number.POSITIVE_INFINITY,
  weight: 1,
  metrics: [],
  ...more,
});

const past = (() => {
  const run = createRun();
  run.play(PAST);
  return run.save();
})();

/** Days of calm, one batch that alarms, and calm again. */
const afterBatch = (factors: Values = BATCH) => {
  const run = createRun(past);
  const from = run.seconds();
  const alarm = peak(run.play(3, factors));
  const to = run.seconds();
  run.play(80);
  return { ...run, from, to, alarm };
};

describe('teach', () => {
  it('lets a false alarm not repeat, while a miner at the next batch still alarms', () => {
    const { scorer, play, from, to, alarm } = afterBatch();
    expect(alarm).toBeGreaterThanOrEqual(1);
    expect(scorer.teach(adjustment('widen', from, to))).toBe('learned');
    const again = play(3, BATCH);
    expect(peak(again)).toBeLessThan(1);
    const eased = again.find(({ taught }) => taught && taught.rawValue >= 1)!.taught!;
    expect(eased.bar).toBeGreaterThan(1);
    expect(eased.verdicts).toEqual([`widen-${from}`]);
    play(60);
    expect(peak(play(3, MINER))).toBeGreaterThanOrEqual(1);
    play(60);
    expect(peak(play(3, [9, 1, 1, 5]))).toBeGreaterThanOrEqual(1);
  });

  it('gives the scores back after an undo', () => {
    const taught = afterBatch();
    const untaught = afterBatch();
    taught.scorer.teach(adjustment('widen', taught.from, taught.to));
    taught.play(3, BATCH);
    untaught.play(3, BATCH);
    expect(taught.scorer.unteach(`widen-${taught.from}`)).toBe(true);
    expect(taught.scorer.unteach(`widen-${taught.from}`)).toBe(false);
    const a = taught.play(30, BATCH);
    const b = untaught.play(30, BATCH);
    for (const [i, { value }] of a.entries()) expect(Math.abs(value - b[i]!.value)).toBeLessThan(0.01);
  });

  it('forgets a false alarm by half-lives', () => {
    const { scorer, play, from, to } = afterBatch();
    scorer.teach(adjustment('widen', from, to, { givenSeconds: to - 6 * HALF_LIFE_SECONDS }));
    expect(play(3, BATCH).every(({ taught }) => taught === undefined)).toBe(true);
  });

  it('mutes what is expected until it expires', () => {
    const { scorer, play, from, to, seconds } = afterBatch();
    scorer.teach(adjustment('mute', from, to, { untilSeconds: seconds() + 3 * STEP }));
    expect(play(3, BATCH).some(({ taught }) => taught !== undefined)).toBe(true);
    play(60);
    expect(play(5, BATCH).every(({ taught }) => taught === undefined)).toBe(true);
  });

  it('never eases what was confirmed', () => {
    const { scorer, play, from, to } = afterBatch();
    scorer.teach(adjustment('widen', from, to));
    scorer.teach(adjustment('protect', from, to));
    expect(play(3, BATCH).every(({ taught }) => taught === undefined || taught.bar <= 1)).toBe(true);
  });

  it('eases only the metrics that were named', () => {
    const { scorer, play, from, to } = afterBatch();
    scorer.teach(adjustment('widen', from, to, { metrics: ['memory'] }));
    expect(peak(play(3, BATCH))).toBeGreaterThanOrEqual(1);
  });

  it('lowers the bar for windows like one that was missed', () => {
    const faint: Values = [1.35, 1, 1, 1];
    const { scorer, play, from, to, alarm } = afterBatch(faint);
    expect(alarm).toBeLessThan(1);
    expect(scorer.teach(adjustment('lower', from, to))).toBe('learned');
    const raised = play(3, faint).filter(({ taught }) => taught !== undefined && taught.bar < 1);
    expect(raised.length).toBeGreaterThan(0);
    for (const { value, taught } of raised) expect(value).toBeGreaterThanOrEqual(taught!.rawValue);
  });

  it('moves the level for a new trend, and back for an undo', () => {
    const { scorer, play, from, to } = afterBatch([3, 1, 1, 1]);
    play(30, [3, 1, 1, 1]);
    const levelZ = (): number => play(1, [3, 1, 1, 1])[0]!.margin;
    const before = levelZ();
    scorer.teach(adjustment('recentre', from, to));
    expect(levelZ()).toBeLessThanOrEqual(before);
    expect(scorer.unteach(`recentre-${from}`)).toBe(true);
  });

  it('says where it knows no window or no workload', () => {
    const { scorer, from } = afterBatch();
    expect(scorer.teach(adjustment('widen', from - 9e6, from - 8e6))).toBe('no_window');
    expect(scorer.teach({ ...adjustment('widen', from, from), key: testKey('other') })).toBe('unknown_workload');
  });

  it('keeps the windows of what was confirmed or missed out of the bank, and puts them back for an undo', () => {
    const { scorer, from, seconds } = afterBatch([1.2, 1, 1, 1]);
    scorer.teach(adjustment('lower', from, seconds()));
    const memories = [...scorer.snapshot()][0]!.header.memories as { lessons: { traces: [string, { rows: unknown[] }][] } };
    expect(memories.lessons.traces[0]![1].rows.length).toBeGreaterThan(0);
    scorer.unteach(`lower-${from}`);
    const after = [...scorer.snapshot()][0]!.header.memories as { lessons: { traces: unknown[] } };
    expect(after.lessons.traces).toEqual([]);
  });

  it('never eases a crash loop or an OOM kill', () => {
    const run = createRun(past);
    const from = run.seconds();
    const crash = { ...quietLifecycle, restarts: 3, oomKills: 3, waiting: { CrashLoopBackOff: 1 } };
    const calm = createCalm(9);
    const at = (i: number) => run.scorer.score([testFrame(layout, from + i * STEP, calm(), { lifecycle: crash })])[0]!;
    expect(peak([0, 1, 2].map(at))).toBeGreaterThanOrEqual(1);
    run.scorer.teach(adjustment('widen', from, from + 3 * STEP));
    expect(peak([3, 4, 5].map(at))).toBeGreaterThanOrEqual(1);
  });
});

describe('histories of verdicts', () => {
  const EVENTS: readonly Values[] = [BATCH, MINER, [1, 1, 8, 1], [2, 1, 3, 1], [1.35, 1, 1, 1]];
  /** A stretch for each event, with calm between them. */
  const eventful = () => {
    const run = createRun(past);
    const stretches = EVENTS.map((factors) => {
      const from = run.seconds();
      run.play(3, factors);
      const to = run.seconds();
      run.play(25);
      return { from, to };
    });
    return { ...run, stretches };
  };
  const said = (kinds: readonly AdjustmentKind[]) =>
    fc.record({
      kind: fc.constantFrom(...kinds),
      event: fc.nat({ max: EVENTS.length - 1 }),
      weight: fc.constantFrom(0.3, 0.5, 1),
      metrics: fc.constantFrom<readonly string[]>([], ['cpu'], ['reads', 'tx']),
      ageDays: fc.nat({ max: 30 }),
    });
  type Said = typeof said extends (kinds: readonly AdjustmentKind[]) => fc.Arbitrary<infer T> ? T : never;
  const teachAll = ({ scorer, stretches }: ReturnType<typeof eventful>, history: readonly Said[]): readonly string[] =>
    history.map(({ kind, event, weight, metrics, ageDays }, i) => {
      const { from, to } = stretches[event]!;
      const id = `v${i}`;
      scorer.teach(adjustment(kind, from, to, { id, weight, metrics, givenSeconds: to - ageDays * 86_400 }));
      return id;
    });

  it('leave no trace once all are taken back, in whatever order', () => {
    fc.assert(
      fc.property(
        fc.array(said(['widen', 'mute', 'protect', 'lower', 'recentre']), { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (history, order) => {
          const [taught, untaught] = [eventful(), eventful()];
          const ids = teachAll(taught, history);
          for (const run of [taught, untaught]) run.play(3, BATCH);
          const shuffled = ids.map((id) => ({ id, at: order.next().value as number })).sort((a, b) => a.at - b.at);
          for (const { id } of shuffled) taught.scorer.unteach(id);
          for (const factors of EVENTS) {
            const [a, b] = [taught, untaught].map((run) => [...run.play(3, factors), ...run.play(8)]) as [Score[], Score[]];
            for (const [i, { value, taught: eased }] of a.entries()) {
              expect(Math.abs(value - b[i]!.value)).toBeLessThan(0.01);
              expect(eased).toBeUndefined();
            }
          }
        },
      ),
      { numRuns: 8 },
    );
  });
});

describe('snapshots', () => {
  it('carry lessons and journal over a restart', () => {
    const { scorer, play, from, to } = afterBatch();
    scorer.teach(adjustment('widen', from, to));
    const restored = scorerOf();
    const snapshot = [...scorer.snapshot()][0]!;
    const header = JSON.parse(JSON.stringify(snapshot.header)) as typeof snapshot.header;
    expect(restored.restore({ ...snapshot, header })).toBe(true);
    expect([...restored.lessons()].map(({ lesson }) => lesson.id)).toEqual([`widen-${from}`]);
    expect(peak(play(3, BATCH, restored))).toBeLessThan(1);
    expect(restored.teach(adjustment('protect', from, to))).toBe('learned');
  });

  it('take damaged lessons for none', () => {
    const { scorer } = afterBatch();
    const snapshot = [...scorer.snapshot()][0]!;
    const restored = scorerOf();
    for (const lessons of [null, 7, {}, { alarms: 'x', quiet: [], lessons: [], traces: [] }])
      expect(restored.restore({ ...snapshot, header: { ...snapshot.header, memories: { lessons } } })).toBe(true);
    expect([...restored.lessons()]).toEqual([]);
  });
});

describe('alternatives', () => {
  it('say what a scorer would that was taught only those verdicts', () => {
    const taught = createScorer({ stepSeconds: STEP, bank: false, seed: 1, alternatives: [(id) => id.startsWith('widen'), () => false] });
    const only = createScorer({ stepSeconds: STEP, bank: false, seed: 1 });
    const values = createCalm();
    const frames = Array.from({ length: PAST + 300 }, (_, i) =>
      testFrame(layout, START + i * STEP, values(i >= PAST && (i - PAST) % 90 < 3 ? BATCH : undefined)),
    );
    frames.forEach((frame, i) => {
      const score = taught.score([frame])[0]!;
      const expected = only.score([frame])[0]!;
      if (score.ready) {
        expect(score.alternatives![0]!.value).toBeCloseTo(expected.value, 12);
        expect(score.alternatives![1]!.value).toBeCloseTo(expected.taught?.rawValue ?? expected.value, 12);
      }
      if (i !== PAST + 20) return;
      const from = START + PAST * STEP;
      taught.teach(adjustment('widen', from, from + 900));
      taught.teach(adjustment('protect', from, from + 900));
      only.teach(adjustment('widen', from, from + 900));
    });
  });
});

describe('compileLessons', () => {
  it('guards the very window that was confirmed, whatever else was said', () => {
    const names = ['a', 'b', 'c'];
    const metrics = names.map(
      (name) => ({ name, unit: '', floor: { absolute: 0, relative: 0 }, load: 'none', memory: false, min: 0, max: 1 }) as never,
    );
    const shape = createSignatureShape(metrics, ['rule']);
    const window = fc.dictionary(fc.constantFrom(...shape.names), fc.double({ min: -6, max: 6, noNaN: true }), { minKeys: 2 });
    const lesson = (id: string, kind: AdjustmentKind, windows: Lesson['windows']): Lesson => {
      const { key: _, ...rest } = adjustment(kind, 0, 1);
      return { ...rest, id, windows };
    };
    fc.assert(
      fc.property(window, fc.array(window, { maxLength: 10 }), (confirmed, harmless) => {
        const size = Object.values(confirmed).reduce((sum, x) => sum + x * x, 0);
        fc.pre(size > 0.5);
        const lessons = [lesson('c', 'protect', [confirmed]), ...harmless.map((one, i) => lesson(`h${i}`, 'widen', [one, confirmed]))];
        const signature = Float32Array.from(shape.names, (name) => confirmed[name] ?? 0);
        expect(compileLessons(lessons, shape, names).judge(signature, 1)?.bar).toBeLessThanOrEqual(1);
      }),
    );
  });
});
