import { type EventsFile, kindColumns, kindRows, labelFrames, type WorkloadSeries } from '../../evaluation/index.ts';
import { buildClassifier, createKindClassifier, transformRows } from '../../learning/index.ts';
import { seededRandom } from '../../platform/index.ts';
import { openDirectSession } from '../../testing/direct-session.ts';
import { PART, splitBlocks } from './block-split.ts';
import { classifierTraining, factsOf, fitClassifier, rowsOfPart } from './fit-classifier.ts';
import { auditRows, judgeClassifier } from './judge-classifier.ts';
import { labelledRows } from './labelled-rows.ts';
import { principalComponents } from './principal.ts';
import { searchSettings, timeFolds } from './search-settings.ts';
import { cutDown, drawBalanced, fitTransforms } from './transforms.ts';

const STEP_SECONDS = 10;
const COUNT = 1200;
/** Twice each: a miner raises CPU, a flood CPU and traffic. */
const FAULTS = [
  { from: 100, to: 160, kind: 'miner' },
  { from: 300, to: 360, kind: 'flood' },
  { from: 600, to: 660, kind: 'miner' },
  { from: 900, to: 960, kind: 'flood' },
];
const random = seededRandom(2);
const series: WorkloadSeries = {
  name: { namespace: 'n', workload: 'w' },
  features: ['cpu', 'traffic', 'restarts'].map((name) => ({ name, unit: '', unitClass: 'other' })),
  timesMs: Float64Array.from({ length: COUNT }, (_, i) => i * STEP_SECONDS * 1000),
  values: Float64Array.from(
    Array.from({ length: COUNT }, (_, i) => {
      const kind = FAULTS.find(({ from, to }) => i >= from && i < to)?.kind;
      return [random() + (kind ? 3 : 0), random() + (kind === 'flood' ? 3 : 0), 21 + (i >= 500 ? 4 : 0)];
    }).flat(),
  ),
};
const events = {
  name: 'e',
  stepSeconds: STEP_SECONDS,
  cleanUntil: undefined,
  faultFreeSpans: [],
  entities: [],
  events: FAULTS.map(({ from, to, kind }) => ({
    namespace: 'n',
    workload: 'w',
    from: from * STEP_SECONDS,
    to: to * STEP_SECONDS,
    kind,
    metrics: [],
  })),
} as unknown as EventsFile;
const rows = labelledRows([{ series: [series], events }]);

describe('kindRows', () => {
  it('gives counts as increases, so that their level says nothing', () => {
    const columns = kindColumns(['cpu', 'restarts']);
    expect(columns).toEqual([
      'cpu value',
      'cpu change',
      'cpu against the last minutes',
      'restarts increase',
      'restarts increase of the last minutes',
      'restarts increase of the last stretch',
    ]);
    const values = kindRows(series, ['cpu', 'restarts']);
    const increases = [498, 500, 503, 510].map((row) => [...values.slice(row * 6 + 3, row * 6 + 6)]);
    expect(increases).toEqual([
      [0, 0, 0],
      [4, 4, 4],
      [0, 4, 4],
      [0, 0, 4],
    ]);
  });
});

describe('labelFrames', () => {
  it('names kinds, and marks what follows a change', () => {
    const { labels, isEdge } = labelFrames(series, events, ['normal', 'flood', 'miner']);
    expect([99, 100, 159, 160, 300].map((i) => labels[i])).toEqual([0, 2, 2, 0, 1]);
    expect([99, 100, 105, 106, 160].map((i) => isEdge[i])).toEqual([0, 1, 1, 0, 1]);
    // A kind that the classes do not have is left out.
    const fewer = labelFrames(series, events, ['normal', 'flood']);
    expect([fewer.labels[120], fewer.isEdge[120]]).toEqual([0, 1]);
  });
});

describe('splitBlocks', () => {
  const none = (count: number) => new Uint8Array(count);

  it('judges later stretches of a class that was seen more than once', () => {
    const labels = Uint8Array.from([0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0]);
    const { part, cutInside } = splitBlocks(labels, none(15));
    expect(cutInside).toEqual([]);
    expect([...part]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
  });

  it('cuts a stretch that was seen once, with a gap, and says so', () => {
    const { part, cutInside } = splitBlocks(new Uint8Array(40), none(40));
    expect(cutInside).toEqual([0]);
    expect([part[23], part[24], part[29], part[30]]).toEqual([PART.learned, PART.none, PART.none, PART.judged]);
  });
});

describe('fitTransforms', () => {
  it('looks at learned rows alone: poison in the others changes nothing', () => {
    const values = Float64Array.from({ length: 300 }, (_, i) => Math.sin(i));
    const learned = Array.from({ length: 60 }, (_, i) => i);
    const fitted = fitTransforms(values, 3, learned);
    const poisoned = values.map((x, i) => (i >= 180 ? 1e12 * i : x));
    expect(fitTransforms(poisoned, 3, learned)).toEqual(fitted);
    const all = Array.from({ length: 100 }, (_, i) => i);
    expect(fitTransforms(poisoned, 3, all)).not.toEqual(fitted);
  });

  it('is applied as it was fitted: capped, in deviations, gaps as usual', () => {
    const facts = { metrics: ['m'], columns: ['m'], classes: ['a', 'b'], low: [0], high: [10], mean: [4], scale: [2] };
    expect([...transformRows(facts, Float64Array.from([4, 8, 99, -5, Number.NaN]))]).toEqual([0, 2, 3, -2, 0]);
  });
});

describe('drawBalanced', () => {
  it('draws each class equally often, however rare', () => {
    const drawn = drawBalanced([Array.from({ length: 990 }, (_, i) => i), [990, 991], []], 2000, seededRandom(1));
    const rare = drawn.filter((row) => row >= 990).length;
    expect(rare).toBeGreaterThan(900);
    expect(rare).toBeLessThan(1100);
  });
});

describe('fitClassifier', () => {
  it('tells kinds apart on another day, gives the same weights again, and takes no notice of poison in the rows that judge', async () => {
    const graph = classifierTraining(factsOf(rows));
    const session = await openDirectSession(graph.model);
    const options = { steps: 200, seed: 1 };
    const { weights } = await fitClassifier(session, graph, rows, factsOf(rows), options);
    const judged = new Set(rowsOfPart(rows, PART.judged));
    const poisoned = { ...rows, values: rows.values.map((x, i) => (judged.has(Math.floor(i / rows.columns.length)) ? 1e9 : x)) };
    expect((await fitClassifier(session, graph, poisoned, factsOf(poisoned), options)).weights).toEqual(weights);
    await session.close();

    const training = { dataSha256: 'a'.repeat(64), licence: 'own', windows: 1, seed: 1, steps: 200, metrics: {} };
    const built = buildClassifier(weights, 'v', factsOf(rows), training);
    const serving = await openDirectSession(built.model);
    const figures = await judgeClassifier(serving, built, rows, 1);
    await serving.close();
    expect(figures.macro.f1).toBeGreaterThan(0.9);
    expect(rows.cutInside).toEqual([]);
    expect(auditRows(rows).findings.map(({ check }) => check)).not.toContain('duplicates');
  });
});

describe('createKindClassifier', () => {
  it('refuses a model whose transforms do not fit its columns', () => {
    const facts = { ...factsOf(rows), scale: [1] };
    const training = { dataSha256: 'a'.repeat(64), licence: 'own', windows: 1, seed: 1, steps: 1, metrics: {} };
    const size = 24 * (rows.columns.length + 1) + 25 * rows.classes.length;
    const { manifest } = buildClassifier(new Float32Array(size), 'v', facts, training);
    expect(() => createKindClassifier(manifest, { run: async () => ({}) })).toThrow('do not fit');
  });
});

describe('factsOf', () => {
  it('fits encoding and principal components on learned rows alone: poison in the others changes nothing', () => {
    const settings = { encoding: 'signed-log', components: 3, sampling: 'over' } as const;
    const facts = factsOf(rows, settings);
    expect(facts.components).toHaveLength(3 * rows.columns.length);
    const learned = new Set(rowsOfPart(rows, PART.learned));
    const poisoned = { ...rows, values: rows.values.map((x, i) => (learned.has(Math.floor(i / rows.columns.length)) ? x : 1e9 * (i % 7))) };
    expect(factsOf(poisoned, settings)).toEqual(facts);
    expect(transformRows(facts, rows.values.slice(0, 2 * rows.columns.length))).toHaveLength(6);
  });
});

describe('principalComponents', () => {
  it('finds the direction along which rows spread most, then the next', () => {
    const spreadRandom = seededRandom(4);
    const spread = Array.from({ length: 500 }, () => {
      const [along, across] = [3 * (spreadRandom() - 0.5), 0.5 * (spreadRandom() - 0.5)];
      return [along * 0.8 - across * 0.6, along * 0.6 + across * 0.8];
    });
    const [a, b, c, d] = principalComponents(Float32Array.from(spread.flat()), 2, 2);
    expect([a, b].map((x) => Math.round(10 * x!) / 10)).toEqual([0.8, 0.6]);
    expect(Math.abs(a! * c! + b! * d!)).toBeLessThan(1e-6);
  });
});

describe('cutDown', () => {
  it('cuts classes to the rarest, or lets them be', () => {
    const byClass = [[0, 1, 2, 3, 4, 5], [6, 7], []];
    expect(cutDown(byClass, 'under', seededRandom(1)).map((list) => list.length)).toEqual([2, 2, 0]);
    expect(cutDown(byClass, 'over', seededRandom(1))).toEqual(byClass);
    expect(cutDown(byClass, 'none', seededRandom(1))).toEqual([[0, 1, 2, 3, 4, 5, 6, 7]]);
  });
});

describe('searchSettings', () => {
  it('judges settings on later learned rows, and never on those that judge in the end', async () => {
    const learned = new Set(rowsOfPart(rows, PART.learned));
    for (const fold of timeFolds(rows)) {
      const used = rowsOfPart(fold, PART.judged);
      expect(used.length).toBeGreaterThan(20);
      expect(used.every((row) => learned.has(row))).toBe(true);
      expect(Math.min(...used)).toBeGreaterThan(Math.min(...rowsOfPart(fold, PART.learned)));
    }
    const tried = await searchSettings(rows, {
      steps: 80,
      seed: 1,
      withSession: async (model, work) => {
        const session = await openDirectSession(model);
        return work(session).finally(() => session.close());
      },
    });
    expect(tried).toHaveLength(8);
    expect(tried[0]!.macroF1).toBeGreaterThanOrEqual(tried.at(-1)!.macroF1);
  });
});
