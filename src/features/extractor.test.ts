import { catalogOf, feature, framesOf, input, pod, sum } from '../testing/catalog-builders.ts';
import { plainFrame, testResults, testSeries } from '../testing/series.ts';
import { createFeatureExtractor } from './extractor.ts';

const gauge = catalogOf([input('g', 'gauge')], feature('g', sum('g')));
const counter = catalogOf([input('c', 'counter')], feature('c', sum('c')));

describe('createFeatureExtractor on the grid', () => {
  it('gives the newest sample of each step at the next instant', () => {
    const frames = framesOf(gauge, [
      [
        0,
        testSeries(pod('a'), [
          [1, 10],
          [20, 11],
          [30, 12],
          [31, 13],
          [90, 14],
        ]),
      ],
    ]);
    expect(frames.map(plainFrame)).toEqual([
      { at: 30, workload: 'Deployment/web', values: { g: 12 } },
      { at: 60, workload: 'Deployment/web', values: { g: 13 } },
      { at: 90, workload: 'Deployment/web', values: { g: 14 } },
    ]);
  });

  it('gives no frame for an instant without a new sample', () => {
    const frames = framesOf(gauge, [
      [
        0,
        testSeries(pod('a'), [
          [10, 1],
          [100, 2],
        ]),
      ],
    ]);
    expect(frames.map(({ timeMs }) => timeMs / 1000)).toEqual([30, 120]);
  });

  it('gives nothing later than the time it was asked for, and the rest later', () => {
    const extractor = createFeatureExtractor(gauge, { pace: 'grid', stepMs: 30_000 });
    extractor.push(
      testResults([
        0,
        testSeries(pod('a'), [
          [10, 1],
          [40, 2],
        ]),
      ]),
    );
    expect([...extractor.advance(59_000)].flat().map(({ timeMs }) => timeMs)).toEqual([30_000]);
    expect([...extractor.advance(59_000)]).toEqual([]);
    expect([...extractor.advance(60_000)].flat().map(({ timeMs }) => timeMs)).toEqual([60_000]);
  });

  it('counts a sample that came after its instant for the next one', () => {
    const extractor = createFeatureExtractor(gauge, { pace: 'grid', stepMs: 30_000 });
    extractor.push(testResults([0, testSeries(pod('a'), [[10, 1]])]));
    expect([...extractor.advance(30_000)]).toHaveLength(1);
    extractor.push(testResults([0, testSeries(pod('a'), [[29, 2]])]));
    expect([...extractor.advance(60_000)].flat().map(plainFrame)).toMatchObject([{ at: 60, values: { g: 2 } }]);
  });

  it('gives the median over pods and every pod beside it, sorted by name', () => {
    const [frame] = framesOf(gauge, [
      [0, testSeries(pod('c'), [[10, 30]])],
      [0, testSeries(pod('a'), [[11, 1]])],
      [0, testSeries(pod('b'), [[12, 2]])],
    ]);
    expect(plainFrame(frame!).values).toEqual({ g: 2 });
    expect(frame!.replicas).toBe(3);
    expect(frame!.pods!.map(({ pod: name, values }) => [name, ...values])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 30],
    ]);
  });

  it('carries a sibling for one and a half steps and no longer', () => {
    const frames = framesOf(gauge, [
      [
        0,
        testSeries(pod('a'), [
          [30, 1],
          [60, 1],
          [90, 1],
          [120, 1],
        ]),
      ],
      [
        0,
        testSeries(pod('b'), [
          [30, 3],
          [46, 3],
        ]),
      ],
    ]);
    expect(frames.map(({ replicas }) => replicas)).toEqual([2, 2, 2, 1]);
  });

  it('lets a sibling go at once when its series has ended', () => {
    const frames = framesOf(gauge, [
      [
        0,
        testSeries(pod('a'), [
          [30, 1],
          [60, 1],
        ]),
      ],
      [0, testSeries(pod('b'), [[30, 3]], 59)],
    ]);
    expect(frames.map(({ replicas }) => replicas)).toEqual([2, 1]);
  });

  it('does not repeat a feature without a new sample', () => {
    const both = catalogOf([input('g', 'gauge'), input('h', 'gauge')], feature('g', sum('g')), feature('h', sum('h')));
    const frames = framesOf(both, [
      [
        0,
        testSeries(pod('a'), [
          [30, 1],
          [60, 2],
        ]),
      ],
      [1, testSeries(pod('a'), [[30, 5]])],
    ]);
    expect(frames.map((frame) => plainFrame(frame).values)).toEqual([{ g: 1, h: 5 }, { g: 2 }]);
  });

  it('shares one layout between workloads and grows it by name when a feature appears', () => {
    const both = catalogOf([input('g', 'gauge'), input('h', 'gauge')], feature('g', sum('g')), feature('h', sum('h')));
    const extractor = createFeatureExtractor(both, { pace: 'grid', stepMs: 30_000 });
    const other = { namespace: 'shop', workload: 'db' };
    extractor.push(testResults([0, testSeries(pod('a'), [[30, 1]])], [0, testSeries(other, [[30, 1]])]));
    const first = [...extractor.advance(30_000)].flat();
    expect(first[0]!.layout).toBe(first[1]!.layout);
    extractor.push(testResults([0, testSeries(pod('a'), [[60, 1]])], [1, testSeries(pod('a'), [[60, 1]])]));
    const [grown] = [...extractor.advance(60_000)].flat();
    expect(grown!.layout.features.map(({ name }) => name)).toEqual(['g', 'h']);
    expect(grown!.layout.version).toBe(first[0]!.layout.version);
  });

  it('takes a new Labels object of a known series for the same series', () => {
    const extractor = createFeatureExtractor(counter, { pace: 'grid', stepMs: 30_000 });
    extractor.push(testResults([0, testSeries(pod('a'), [[30, 10]])]));
    expect([...extractor.advance(30_000)]).toEqual([]);
    extractor.push(testResults([0, testSeries(pod('a'), [[60, 40]])]));
    expect([...extractor.advance(60_000)].flat().map(plainFrame)).toMatchObject([{ values: { c: 1 } }]);
    expect(extractor.stats.series).toBe(1);
  });

  it('takes two pieces of one series in one push for the same series', () => {
    const frames = framesOf(gauge, [
      [0, testSeries(pod('a'), [[10, 1]])],
      [0, testSeries(pod('a'), [[20, 2]])],
    ]);
    expect(frames.map((frame) => plainFrame(frame).values)).toEqual([{ g: 2 }]);
  });

  it('refuses a step that is not above 0', () => {
    expect(() => createFeatureExtractor(gauge, { pace: 'grid', stepMs: 0 })).toThrow('stepMs');
  });
});
