import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normal } from '../../learning/index.ts';
import { seededRandom } from '../../platform/index.ts';
import { openDirectSession } from '../../testing/direct-session.ts';
import { makeFlow } from '../../testing/flow-builders.ts';
import { createTableBuilder, type FlowTable, selectRows } from '../features/flow-table.ts';
import type { CurvePoint } from '../measure/training-curve.ts';
import type { FlowModel } from '../model/flow-model.ts';
import { formatFlowModel, parseFlowModel } from '../model/model-file.ts';
import { openFlowDetector } from './open-detector.ts';
import { disagreement, fitPrototypes, nearestRow } from './prototypes.ts';
import { quantileOf } from './quantile.ts';
import { scoreByBlocks, splitBlocks } from './time-blocks.ts';
import { FLOW_DETECTOR_NAMES, trainFlowModel } from './train.ts';

/** Two kinds of benign flows with some noise, and where asked, attacks of two kinds. */
const sampleTable = (seed: number, options: { readonly attacks?: number; readonly benign?: number } = {}): FlowTable => {
  const random = seededRandom(seed);
  const builder = createTableBuilder({ family: 0 });
  const { attacks = 0, benign = 400 } = options;
  for (let i = 0; i < benign + attacks; i++) {
    const isAttack = i >= benign;
    const isLarge = i % 3 === 0;
    const bytes = isAttack ? (i % 2 === 0 ? 30_000_000 : 3) : isLarge ? 5000 * (1 + 0.1 * normal(random)) : 200;
    builder.add(
      makeFlow({
        row: i,
        startMs: i * 1000,
        source: isAttack ? '10.9.9.9' : '10.0.0.1',
        destinationPort: isLarge ? 5432 : 8080,
        statistics: {
          'Total Length of Fwd Packet': bytes,
          'Fwd Packet Length Max': bytes / 4,
          'Fwd Packet Length Mean': bytes / 5,
          'Flow Bytes/s': bytes * 1000,
          'Flow Packets/s': isAttack ? 1e5 : 10_000 + 100 * normal(random),
          'Flow Duration': isAttack ? 5 : 1000,
        },
        texts: [isAttack ? (i % 2 === 0 ? 'flood' : 'scan') : 'benign'],
      }),
    );
  }
  return builder.table();
};
const isSupervised = (name: string): boolean => name === 'supervised' || name === 'random-forest';
const deps = (seed = 1) => ({ random: seededRandom(seed), open: openDirectSession, effort: 0.1 });

describe('quantileOf', () => {
  it('interpolates between order statistics', () => {
    expect(quantileOf([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantileOf([1], 0.99)).toBe(1);
    expect(quantileOf([], 0.5)).toBeNaN();
  });
});

describe('splitBlocks', () => {
  it('keeps every row once and in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 8 }), (size, count) => {
        const rows = Int32Array.from({ length: size }, (_, i) => i);
        const blocks = splitBlocks(rows, count);
        expect(blocks.flatMap((block) => [...block])).toEqual([...rows]);
        expect(Math.max(...blocks.map((block) => block.length)) - Math.min(...blocks.map((block) => block.length))).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('scoreByBlocks', () => {
  it('never lets a row be judged by what was fitted on it', async () => {
    const rows = Int32Array.from({ length: 10 }, (_, i) => i);
    const scores = await scoreByBlocks(rows, (fitted) => (judged) => Float64Array.from(judged, (row) => (fitted.includes(row) ? 1 : 0)));
    expect([...scores]).toEqual(Array.from(rows, () => 0));
  });
});

describe('fitPrototypes', () => {
  it('keeps one flow of each kind, the most frequent first', () => {
    const data = Float32Array.from([5, 5, 0, 0, 0.001, 0, 0, 0, 5, 5.001]);
    const { count, rows } = fitPrototypes({ count: 5, width: 2, data }, [0, 1, 2, 3, 4]);
    expect(count).toBe(2);
    expect(rows[0]).toBeLessThan(0);
    expect(rows[2]).toBeGreaterThan(0);
  });
});

describe('nearestRow', () => {
  it('counts fields that disagree, none more than once', () => {
    const rows = Float64Array.of(0, 0, 0, 10, 10, 10);
    expect(nearestRow(rows, 2, Float64Array.of(0, 0.5, 99))).toEqual({ distance: 1.5, index: 0 });
    expect([...disagreement(rows, 0, Float64Array.of(0, 0.5, 99))]).toEqual([0, 0.5, 1]);
    expect(nearestRow(rows, 0, Float64Array.of(0, 0, 0)).distance).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('trainFlowModel', () => {
  it('tells how a network does on what it learns from and on the last quarter, which it does not see', async () => {
    const curve: CurvePoint[] = [];
    const table = sampleTable(1);
    // The last quarter is of another kind: a network that learnt it too would do as well there.
    const odd = sampleTable(2, { benign: 100, attacks: 0 }).matrix.data.map((x) => x + 5);
    table.matrix.data.set(odd, 300 * table.matrix.width);
    const deps = { random: seededRandom(1), open: openDirectSession, effort: 0.05, onCurve: (point: CurvePoint) => void curve.push(point) };
    await trainFlowModel(deps, table, 'autoencoder');
    expect([curve.length, curve[0]!.step, curve.at(-1)!.step]).toEqual([11, 0, 75]);
    expect(curve.at(-1)!.train).toBeLessThan(curve[0]!.train / 2);
    expect(curve.at(-1)!.unseen).toBeGreaterThan(10 * curve.at(-1)!.train);
  });

  // One that judges windows has tests of its own.
  it.each(FLOW_DETECTOR_NAMES.filter((name) => name !== 'sequence'))(
    'makes a detector %s that finds attacks, seldom cries on later benign time, and survives its file',
    async (name) => {
      const training = sampleTable(1, isSupervised(name) ? { attacks: 60 } : {});
      const model = await trainFlowModel(deps(), training, name);
      const stored = { version: 'v', training: { dataSha256: '', files: [], benignFlows: 1, attackFlows: {}, seed: 1, audit: [] }, model };
      const detector = openFlowDetector(parseFlowModel(formatFlowModel(stored), 'file').model);
      const later = sampleTable(2, { attacks: 40 });
      const judged = detector.judge(later);
      const hits = judged.filter(({ score }, i) => score >= 1 && later.families[i] !== '').length;
      const alarms = judged.filter(({ score }, i) => score >= 1 && later.families[i] === '').length;
      expect(hits).toBe(40);
      expect(alarms).toBeLessThanOrEqual(12);
      const attack = judged.at(-1)!;
      expect(attack.family).toBe(isSupervised(name) ? 'scan' : 'unknown');
      expect(attack.reasons().length).toBeGreaterThan(0);
      expect(attack.reasons()[0]!.share).toBeGreaterThan(0);
    },
  );

  it('gives the same model for the same data and seed', async () => {
    const table = sampleTable(1, { attacks: 60 });
    expect(await trainFlowModel(deps(), table, 'supervised')).toEqual(await trainFlowModel(deps(), table, 'supervised'));
  });

  it('lets a detector of benign flows see no attack', async () => {
    const withAttacks = await trainFlowModel(deps(), sampleTable(1, { attacks: 60 }), 'benign');
    const without = await trainFlowModel(deps(), sampleTable(1), 'benign');
    expect(withAttacks).toEqual({ ...without, surroundings: (withAttacks as Extract<FlowModel, { kind: 'benign' }>).surroundings });
  });

  it.each([
    ['magic', {}, /there is no detector magic; there are benign/],
    ['benign', { benign: 10 }, /10 benign flows are too few, 80 are needed/],
    ['supervised', {}, /0 flows of attacks are too few/],
  ])('refuses %s of %j', async (name, options, message) => {
    await expect(async () => trainFlowModel(deps(), sampleTable(1, options), name)).rejects.toThrow(message);
  });

  it('uses no columns but the chosen ones', async () => {
    const table = sampleTable(1, { attacks: 60 });
    const model = await trainFlowModel({ ...deps(), columns: [3, 4] }, table, 'supervised');
    expect(model.kind === 'supervised' && [...model.forest.columns].every((column) => column === -1 || column === 3 || column === 4)).toBe(
      true,
    );
  });
});

describe('createNoveltyDetector', () => {
  it('thinks little of what a known pair does', async () => {
    const table = sampleTable(1);
    const detector = openFlowDetector(await trainFlowModel(deps(), table, 'novelty'));
    const builder = createTableBuilder();
    const statistics = { 'Total Length of Fwd Packet': 9e7, 'Flow Bytes/s': 9e9, 'Fwd Packet Length Max': 1500 };
    builder.add(makeFlow({ statistics }));
    builder.add(makeFlow({ statistics, source: '10.7.7.7' }));
    expect(detector.judge(builder.table()).map(({ score }) => score >= 1)).toEqual([false, true]);
  });
});

describe('parseFlowModel', () => {
  const text = async (): Promise<string> => {
    const model = await trainFlowModel(deps(), sampleTable(1), 'benign');
    return formatFlowModel({
      version: 'v',
      training: { dataSha256: '', files: [], benignFlows: 1, attackFlows: {}, seed: 1, audit: [] },
      model,
    });
  };

  it.each([
    ['cut off', (file: string) => file.slice(0, -40), /not JSON, or was cut off/],
    ['damaged', (file: string) => file.replace('"threshold":', '"threshold":1'), /is damaged/],
    ['of a newer version', (file: string) => file.replace('"format":1', '"format":9'), /newer version/],
    ['of another catalogue', (file: string) => file.replace('flows-1', 'flows-0'), /made for the feature catalogue flows-0/],
    ['another file', () => '{"a":1}', /no flow model/],
  ])('refuses one that is %s', async (_, change, message) => {
    const changed = change(await text());
    expect(() => parseFlowModel(changed, 'm.json')).toThrow(message);
  });
});

describe('createTableBuilder', () => {
  it('thins benign flows out evenly where there are too many, and keeps attacks', () => {
    const builder = createTableBuilder({ family: 0, maxBenign: 100 });
    for (let i = 0; i < 1000; i++) builder.add(makeFlow({ row: i, startMs: i, texts: [i % 100 === 7 ? 'scan' : ''] }));
    const table = builder.table();
    expect(table.families.filter((family) => family === 'scan')).toHaveLength(10);
    const benign = [...selectRows(table, (row) => table.families[row] === '')];
    expect(benign.length).toBeLessThanOrEqual(100);
    expect(benign.length).toBeGreaterThan(40);
    expect(Math.max(...benign.slice(1).map((row, i) => table.rows[row]! - table.rows[benign[i]!]!))).toBeLessThanOrEqual(
      2 * builder.stride + 2,
    );
  });
});
