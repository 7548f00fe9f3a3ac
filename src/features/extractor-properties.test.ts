import fc from 'fast-check';
import type { Labels, Series, WorkloadFrame } from '../conventions/index.ts';
import { testSeries } from '../testing/series.ts';
import { type CatalogInput, defineCatalog } from './catalog.ts';
import { createFeatureExtractor } from './extractor.ts';
import type { PaceOptions } from './feature-extractor.ts';
import { named } from './select.ts';

const input = (id: string, kind: 'gauge' | 'counter'): CatalogInput => ({ id, selector: named(id), kind, entity: { by: 'workload' } });
const catalog = defineCatalog('test', {
  inputs: [input('g', 'gauge'), input('c', 'counter')],
  features: (['g', 'c'] as const).map((id) => ({
    name: id,
    help: '',
    unit: '',
    unitClass: 'other',
    level: 'pod',
    formula: { kind: 'value', of: { input: id, combine: 'sum' } },
  })),
});
const GRID: PaceOptions = { pace: 'grid', stepMs: 30_000 };
const SAMPLES: PaceOptions = { pace: 'samples', stepMs: 30_000 };

interface Given {
  readonly selector: number;
  readonly series: Series;
}

const labelsOf = (workload: number, pod: number, container: number): Labels =>
  Object.freeze({ namespace: 'n', workload: `w${workload}`, pod: `p${pod}`, container: `c${container}` });

/** Up to a dozen distinct series, samples at rising whole seconds; counters fall now and then. */
const cluster: fc.Arbitrary<readonly Given[]> = fc.uniqueArray(
  fc
    .record({
      selector: fc.integer({ min: 0, max: 1 }),
      workload: fc.integer({ min: 0, max: 2 }),
      pod: fc.integer({ min: 0, max: 2 }),
      container: fc.integer({ min: 0, max: 1 }),
      gaps: fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 12 }),
      steps: fc.array(fc.integer({ min: -20, max: 60 }), { minLength: 12, maxLength: 12 }),
    })
    .map(({ selector, workload, pod, container, gaps, steps }) => {
      let at = 1_000_000;
      let value = 100;
      const samples = gaps.map((gap, i): [number, number] => {
        at += gap;
        value = Math.max(0, value + steps[i]!);
        return [at, value];
      });
      return { selector, series: testSeries(labelsOf(workload, pod, container), samples) };
    }),
  { minLength: 1, maxLength: 12, selector: ({ selector, series }) => `${selector}${JSON.stringify(series.labels)}` },
);

const results = (given: readonly Given[]) => given.map(({ selector, series }) => ({ selector, series: [series] }));

const plain = (frames: readonly WorkloadFrame[]) =>
  frames
    .map(({ key, timeMs, layout, values, pods, replicas }) => ({
      timeMs,
      workload: key.workload,
      replicas,
      // Sums of the same numbers in another order differ in their last bits.
      values: layout.features.map(({ name }, i) => [name, Number(values[i]!.toPrecision(12))]),
      pods: pods?.map(({ pod, values: own }) => [pod, ...Array.from(own, (value) => Number(value.toPrecision(12)))]),
    }))
    .sort((a, b) => a.timeMs - b.timeMs || a.workload.localeCompare(b.workload));

const framesOf = (given: readonly Given[], pace: PaceOptions): WorkloadFrame[] => {
  const extractor = createFeatureExtractor(catalog, pace);
  extractor.push(results(given));
  return [...extractor.advance(Number.POSITIVE_INFINITY)].flat();
};

/** What of each series lies in (from, to]. */
const between = (given: readonly Given[], from: number, to: number): Given[] =>
  given.map(({ selector, series: { labels, timesMs, values } }) => {
    const samples = Array.from(timesMs, (ms, i): [number, number] => [ms / 1000, values[i]!]);
    return {
      selector,
      series: testSeries(
        labels,
        samples.filter(([at]) => at > from && at <= to),
      ),
    };
  });

describe('createFeatureExtractor, for any series', () => {
  it.each([
    ['grid', GRID],
    ['samples', SAMPLES],
  ])('gives the same frames in whatever order the series come (%s)', (_, pace) => {
    fc.assert(
      fc.property(
        cluster.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray([...given], { minLength: given.length }))),
        ([given, shuffled]) => {
          expect(plain(framesOf(shuffled, pace))).toEqual(plain(framesOf(given, pace)));
        },
      ),
    );
  });

  it.each([
    ['grid', GRID],
    ['samples', SAMPLES],
  ])('gives the same frames wherever the samples are split over pushes (%s)', (_, pace) => {
    fc.assert(
      fc.property(cluster, fc.array(fc.integer({ min: 1_000_000, max: 1_000_900 })), fc.boolean(), (given, cuts, isAdvanced) => {
        const whole = framesOf(given, pace);
        const extractor = createFeatureExtractor(catalog, pace);
        const frames: WorkloadFrame[] = [];
        let from = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), Number.POSITIVE_INFINITY]) {
          extractor.push(results(between(given, from, cut)));
          if (isAdvanced) for (const instant of extractor.advance(cut * 1000)) frames.push(...instant);
          from = cut;
        }
        for (const instant of extractor.advance(Number.POSITIVE_INFINITY)) frames.push(...instant);
        expect(plain(frames)).toEqual(plain(whole));
      }),
    );
  });

  it.each([
    ['grid', GRID],
    ['samples', SAMPLES],
  ])('gives instants in rising time and rates that are never negative (%s)', (_, pace) => {
    fc.assert(
      fc.property(cluster, (given) => {
        const last = new Map<string, number>();
        let instantMs = 0;
        const extractor = createFeatureExtractor(catalog, pace);
        extractor.push(results(given));
        for (const instant of extractor.advance(Number.POSITIVE_INFINITY)) {
          expect(instant[0]!.timeMs).toBeGreaterThan(instantMs);
          instantMs = instant[0]!.timeMs;
          for (const { key, timeMs, values } of instant) {
            expect(timeMs).toBe(instantMs);
            expect(timeMs).toBeGreaterThan(last.get(key.workload) ?? 0);
            last.set(key.workload, timeMs);
            for (const value of values) expect(value < 0).toBe(false);
          }
        }
      }),
    );
  });
});

describe('createFeatureExtractor, for poisoned input', () => {
  const anyNumber = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 1e308, -1e308, 1e300, -1e300, 5e-324, 0));
  const anyTime = fc.oneof(
    fc.integer({ min: 0, max: 4000 }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 4e12, 1e300),
  );
  const anySeries = fc.record({
    selector: fc.integer({ min: -1, max: 3 }),
    pod: fc.integer({ min: 0, max: 2 }),
    samples: fc.array(fc.tuple(anyTime, anyNumber), { maxLength: 10 }),
    stale: fc.option(fc.integer({ min: 0, max: 4000 }), { nil: undefined }),
  });
  const anyPushes = fc.array(fc.tuple(fc.array(anySeries, { maxLength: 5 }), fc.oneof(fc.integer({ min: 0, max: 5000 }), anyTime)), {
    maxLength: 10,
  });

  it.each([
    ['grid', GRID],
    ['samples', SAMPLES],
  ])('gives finite values or none, in rising time, and counts what it drops (%s)', (_, pace) => {
    fc.assert(
      fc.property(anyPushes, (pushes) => {
        const extractor = createFeatureExtractor(catalog, pace);
        let given = 0;
        let lastMs = Number.NEGATIVE_INFINITY;
        for (const [series, until] of pushes) {
          for (const { samples } of series) given += samples.length;
          extractor.push(
            series.map(({ selector, pod, samples, stale }) => ({ selector, series: [testSeries(labelsOf(0, pod, 0), samples, stale)] })),
          );
          for (const instant of extractor.advance(until * 1000)) {
            expect(instant[0]!.timeMs).toBeGreaterThan(lastMs);
            lastMs = instant[0]!.timeMs;
            for (const { values, pods } of instant)
              for (const value of [...values, ...(pods ?? []).flatMap((each) => [...each.values])])
                expect(Math.abs(value) === Number.POSITIVE_INFINITY).toBe(false);
          }
        }
        const { lateSamples, duplicateSamples, badSamples } = extractor.stats;
        expect(lateSamples + duplicateSamples + badSamples).toBeLessThanOrEqual(given);
      }),
    );
  });

  const stepOf = (workload: string, samples: [number, number][]) => [
    { selector: 0, series: [testSeries({ namespace: 'n', workload }, samples)] },
  ];

  it('counts late, doubled and bad samples apart', () => {
    const extractor = createFeatureExtractor(catalog, GRID);
    const labels = labelsOf(0, 0, 0);
    const push = (samples: [number, number][]) => extractor.push([{ selector: 0, series: [testSeries(labels, samples)] }]);
    push([
      [30, 1],
      [60, Number.NaN],
      [61, 1e308],
      [62, Number.POSITIVE_INFINITY],
      [63, 2],
    ]);
    push([
      [10, 1],
      [63, 2],
      [90, 3],
      [80, 1],
      [90, 4],
      [91, 5],
    ]);
    expect(extractor.stats).toMatchObject({ lateSamples: 2, duplicateSamples: 2, badSamples: 3 });
    expect([...extractor.advance(Number.POSITIVE_INFINITY)].flat().map(({ timeMs, values }) => [timeMs / 1000, values[0]])).toEqual([
      [30, 1],
      [90, 3],
      [120, 5],
    ]);
  });

  it('goes on after a clock that was asked for a far future, and after one that was set back', () => {
    const extractor = createFeatureExtractor(catalog, GRID);
    const at = (seconds: number, until: number): number[] => {
      extractor.push(stepOf('w', [[seconds, 1]]));
      return [...extractor.advance(until * 1000)].flat().map(({ timeMs }) => timeMs / 1000);
    };
    expect(at(30, 30)).toEqual([30]);
    expect(at(60, 4e9)).toEqual([60]);
    expect(at(90, 90)).toEqual([90]);
    expect(at(120, 60)).toEqual([]);
    expect(at(150, 150)).toEqual([120, 150]);
  });
});

describe('createFeatureExtractor, over time', () => {
  const podsAt = (step: number, count: number): Given[] =>
    Array.from({ length: count }, (_, i) => ({
      selector: i % 2,
      series: testSeries({ namespace: 'n', workload: `w${i % 5}`, pod: `p${step}-${i}` }, [[step * 30, 1]]),
    }));

  it.each([
    ['grid', GRID],
    ['samples', SAMPLES],
  ])('forgets pods that have gone, however many come after them (%s)', (_, pace) => {
    const extractor = createFeatureExtractor(catalog, pace);
    let most = 0;
    for (let step = 1; step <= 200; step++) {
      extractor.push(results(podsAt(step, 20)));
      for (const frames of extractor.advance(step * 30_000 + 20_000)) expect(frames.length).toBe(5);
      most = Math.max(most, extractor.stats.series);
    }
    // Ten minutes at 20 new series per step of 30 s, and the sweeps' own distance.
    expect(most).toBeLessThanOrEqual(20 * (20 + 5 + 2));
    expect(extractor.stats.pods).toBeLessThanOrEqual(most);
    expect(extractor.stats.workloads).toBe(5);
  });

  it('forgets workloads that stay without pods, and dropped series', () => {
    const extractor = createFeatureExtractor(catalog, GRID);
    for (let hour = 0; hour < 24; hour++) {
      const nameless = { selector: 0, series: testSeries({ job: `j${hour}` }, [[hour * 3600, 1]]) };
      extractor.push(results([{ selector: 0, series: testSeries({ workload: `w${hour}` }, [[hour * 3600, 1]]) }, nameless]));
      for (const _ of extractor.advance(hour * 3_600_000));
    }
    expect(extractor.stats.workloads).toBeLessThanOrEqual(8);
    expect(extractor.stats.series).toBeLessThanOrEqual(4);
    expect(extractor.stats.droppedSeries).toEqual({ no_workload_label: 24 });
  });
});
