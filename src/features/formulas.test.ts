import type { Series } from '../conventions/index.ts';
import { catalogOf, feature, framesOf, input, pod, sum } from '../testing/catalog-builders.ts';
import { plainFrame, testResults, testSeries } from '../testing/series.ts';
import { createFeatureExtractor } from './extractor.ts';
import { matches } from './select.ts';

const counter = catalogOf([input('c', 'counter')], feature('c', sum('c')));

describe('counters', () => {
  const rates = (samples: [number, number][]): (number | undefined)[] =>
    framesOf(counter, [[0, testSeries(pod('a'), samples)]]).map((frame) => plainFrame(frame).values['c']);

  it('become rates per second between the last samples of two steps', () => {
    expect(
      rates([
        [10, 100],
        [40, 160],
        [70, 160],
      ]),
    ).toEqual([2, 0]);
  });

  it('start at 0 after a reset, also between two instants', () => {
    expect(
      rates([
        [30, 100],
        [60, 30],
      ]),
    ).toEqual([1]);
    expect(
      rates([
        [30, 100],
        [40, 130],
        [50, 10],
        [60, 20],
      ]),
    ).toEqual([50 / 30]);
  });

  it('have no rate over a long gap', () => {
    expect(
      rates([
        [30, 0],
        [60, 30],
        [300, 5000],
        [330, 5060],
      ]),
    ).toEqual([1, 2]);
  });

  it('are summed over the containers of a pod', () => {
    const frames = framesOf(counter, [
      [
        0,
        testSeries(pod('a', { container: 'x' }), [
          [30, 0],
          [60, 30],
        ]),
      ],
      [
        0,
        testSeries(pod('a', { container: 'y' }), [
          [31, 0],
          [61, 60],
        ]),
      ],
    ]);
    expect(frames.map((frame) => plainFrame(frame).values['c'])).toEqual([1, 3]);
  });
});

describe('formulas', () => {
  const requests = catalogOf(
    [input('r', 'counter')],
    feature('errors', {
      kind: 'ratio',
      of: { input: 'r', combine: 'sum', anyOf: [matches('code', '5..')] },
      over: { input: 'r', combine: 'sum' },
    }),
  );
  const ok = testSeries(pod('a', { code: '200' }), [
    [30, 0],
    [60, 90],
    [90, 180],
  ]);

  it('count a part without series as 0, and no requests at all as missing', () => {
    expect(framesOf(requests, [[0, ok]]).map((frame) => plainFrame(frame).values)).toEqual([{ errors: 0 }, { errors: 0 }]);
    const idle = testSeries(pod('a', { code: '200' }), [
      [30, 5],
      [60, 5],
    ]);
    expect(framesOf(requests, [[0, idle]])).toEqual([]);
  });

  it('divide sums', () => {
    const bad = testSeries(pod('a', { code: '503' }), [
      [30, 0],
      [60, 0],
      [90, 10],
    ]);
    expect(
      framesOf(requests, [
        [0, ok],
        [0, bad],
      ]).map((frame) => plainFrame(frame).values['errors']),
    ).toEqual([0, expect.closeTo(0.1, 12)]);
  });

  it('are missing where the numerator is another input without series', () => {
    const share = catalogOf(
      [input('part', 'gauge'), input('whole', 'gauge')],
      feature('x', { kind: 'ratio', of: { input: 'part', combine: 'sum' }, over: { input: 'whole', combine: 'sum' } }),
      feature('whole', sum('whole')),
    );
    expect(plainFrame(framesOf(share, [[1, testSeries(pod('a'), [[30, 2]])]])[0]!).values).toEqual({ whole: 2 });
  });

  const limits = catalogOf(
    [input('use', 'gauge'), input('limit', 'gauge', { slow: true })],
    feature('share', { kind: 'share_of_limit', usage: 'use', limit: 'limit', by: 'container' }),
  );

  it('leave containers without a limit out of a share, and hold a limit for minutes', () => {
    const frames = framesOf(limits, [
      [
        0,
        testSeries(pod('a', { container: 'main' }), [
          [30, 3],
          [60, 3],
        ]),
      ],
      [
        0,
        testSeries(pod('a', { container: 'proxy' }), [
          [30, 0.05],
          [60, 0.08],
        ]),
      ],
      [1, testSeries(pod('a', { container: 'proxy' }), [[30, 0.1]])],
    ]);
    expect(frames.map((frame) => plainFrame(frame).values['share'])).toEqual([0.5, expect.closeTo(0.8, 12)]);
  });

  it('find a limit that comes after its usage', () => {
    const extractor = createFeatureExtractor(limits, { pace: 'grid', stepMs: 30_000 });
    extractor.push(testResults([0, testSeries(pod('a', { container: 'main' }), [[30, 1]])]));
    expect([...extractor.advance(30_000)]).toEqual([]);
    extractor.push(
      testResults([0, testSeries(pod('a', { container: 'main' }), [[60, 1]])], [1, testSeries(pod('a', { container: 'main' }), [[50, 2]])]),
    );
    expect([...extractor.advance(60_000)].flat().map(plainFrame)).toMatchObject([{ values: { share: 0.5 } }]);
  });

  it('fall back to the other formula where the first has no series', () => {
    const either = catalogOf([input('g', 'gauge'), input('h', 'gauge')], feature('x', sum('g'), sum('h')));
    expect(plainFrame(framesOf(either, [[1, testSeries(pod('a'), [[30, 7]])]])[0]!).values).toEqual({ x: 7 });
    const both: [number, Series][] = [
      [1, testSeries(pod('a'), [[30, 7]])],
      [0, testSeries(pod('a'), [[30, 8]])],
    ];
    expect(plainFrame(framesOf(either, both)[0]!).values).toEqual({ x: 8 });
  });

  it('read a quantile from buckets over all paths', () => {
    const latency = catalogOf([input('b', 'bucket')], feature('p50', { kind: 'quantile', of: 'b', q: 0.5 }));
    const bucket = (le: string, path: string, count: number): [number, Series] => [
      0,
      testSeries(pod('a', { le, path }), [
        [30, 0],
        [60, count],
      ]),
    ];
    const frames = framesOf(latency, [
      bucket('1', '/', 10),
      bucket('2', '/', 20),
      bucket('+Inf', '/', 20),
      bucket('1', '/x', 0),
      bucket('2', '/x', 10),
      bucket('+Inf', '/x', 20),
    ]);
    expect(plainFrame(frames[0]!).values).toEqual({ p50: 1.5 });
  });

  it('keep a complement inside 0 and 1', () => {
    const idle = catalogOf(
      [input('g', 'gauge')],
      feature('busy', { kind: 'value', of: { input: 'g', combine: 'mean' }, complement: true }),
    );
    const values = framesOf(idle, [
      [
        0,
        testSeries(pod('a'), [
          [30, 1.01],
          [60, 0.3],
        ]),
      ],
    ]).map((frame) => plainFrame(frame).values['busy']);
    expect(values[0]).toBe(0);
    expect(values[1]).toBeCloseTo(0.7, 12);
  });
});

describe('entities of chosen labels', () => {
  const catalog = catalogOf([input('g', 'gauge', { entity: { by: 'labels', labels: ['dc', 'queue'] } })], feature('g', sum('g')));

  it('carry exactly these labels, and series without any of them are dropped and counted', () => {
    const extractor = createFeatureExtractor(catalog, { pace: 'grid', stepMs: 30_000 });
    extractor.push(
      testResults([0, testSeries({ dc: 'eu', queue: 'mail', host: 'h1' }, [[30, 2]])], [0, testSeries({ host: 'h2' }, [[30, 3]])]),
    );
    const [frame] = [...extractor.advance(30_000)].flat();
    expect(frame!.key.entity).toEqual({ dc: 'eu', queue: 'mail' });
    expect(frame!.replicas).toBe(1);
    expect(extractor.stats.droppedSeries).toEqual({ no_entity_label: 1 });
  });
});
