import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../platform/index.ts';
import { makeFlow } from '../../testing/flow-builders.ts';
import { fitBenign } from '../detect/benign.ts';
import { CONTEXT_WIDTH, OWN_CONTEXT } from '../endpoint/context.ts';
import { createTableBuilder, type FlowTable, selectRows, takeRows } from '../features/flow-table.ts';
import { createCompanyTable } from './company.ts';
import { estimateRecall } from './estimate.ts';
import { chooseShots, createFewShotDetector, learnShots, MAX_SHOTS } from './few-shot.ts';
import { createLinkTable } from './link.ts';

/** Benign requests, a scan of refused connections in quick succession, and a slow download. */
const recording = (seed: number, attacks = true): FlowTable => {
  const random = seededRandom(seed);
  const builder = createTableBuilder({ family: 0 });
  let row = 0;
  const add = (startMs: number, source: string, statistics: Record<string, number>, family: string): void =>
    builder.add(makeFlow({ row: row++, startMs, source, statistics, texts: [family] }));
  for (let i = 0; i < 400; i++)
    add(
      i * 1000,
      `10.0.0.${i % 5}`,
      { 'Total Length of Fwd Packet': 300 + Math.floor(20 * random()), 'Flow Packets/s': 900, 'Flow Bytes/s': 9000 },
      '',
    );
  if (!attacks) return builder.table();
  for (let i = 0; i < 40; i++)
    add(
      400_000 + i * 50,
      '10.6.6.6',
      {
        'Total Length of Fwd Packet': 0,
        'Total Bwd packets': 0,
        'Flow Packets/s': 1e6,
        'Flow Bytes/s': 0,
        'RST Flag Count': 1,
        'Packet Length Max': 9,
      },
      'scan',
    );
  for (let i = 0; i < 12; i++)
    add(
      460_000 + i * 20_000,
      '10.0.0.3',
      { 'Total Length of Bwd Packet': 5e7, 'Bwd Packet Length Max': 1400, 'Flow Packets/s': 3000, 'Flow Bytes/s': 5e7 },
      'theft',
    );
  return builder.table();
};
const learn = async (recipe: 'd' | 'g', hasSurroundings = true) => {
  const table = recording(1);
  const base = await fitBenign(
    table,
    selectRows(table, (row) => table.families[row] === ''),
    { quantile: 0.99 },
  );
  const shots = [table.families.indexOf('scan') + 20, table.families.indexOf('theft') + 3];
  return { base, table, model: learnShots(base, table, shots, { recipe, hasSurroundings }) };
};

describe('createFewShotDetector', () => {
  it.each(['d', 'g'] as const)('names both families of another recording from one example each, by recipe %s', async (recipe) => {
    const { model } = await learn(recipe);
    const later = recording(2);
    const judged = createFewShotDetector(model).judge(later);
    const right = judged.filter(({ family }, i) => family === (later.families[i] || 'benign')).length;
    expect(right / judged.length).toBeGreaterThan(0.97);
    expect(judged.filter(({ score, family }) => score >= 1 !== (family !== 'benign'))).toEqual([]);
  });

  it('lets a scan be one family, though some of its flows look like another by themselves', async () => {
    const { model } = await learn('d');
    const scan = {
      'Total Length of Fwd Packet': 0,
      'Total Bwd packets': 0,
      'Flow Packets/s': 1e6,
      'RST Flag Count': 1,
      'Packet Length Max': 9,
    };
    const theft = { 'Total Length of Bwd Packet': 5e7, 'Bwd Packet Length Max': 1400, 'Flow Packets/s': 3000, 'Flow Bytes/s': 5e7 };
    const builder = createTableBuilder();
    const add = (startMs: number, statistics: Record<string, number>): void =>
      builder.add(makeFlow({ startMs, source: '10.6.6.6', statistics }));
    for (let i = 0; i < 9; i++) add(i * 10, scan);
    add(100, { ...theft, 'Packet Length Max': 9 });
    add(100_000, theft);
    const names = createFewShotDetector({ ...model, hasSurroundings: false })
      .judge(builder.table())
      .map(({ family }) => family);
    expect(names.slice(8)).toEqual(['scan', 'scan', 'theft']);
  });

  it('says which flows the link alone called attacks', async () => {
    const { model, base } = await learn('g');
    // A gate that only the link passes: nothing is far enough by itself.
    const strict = { ...model, base: { ...base, gates: { ...base.gates, q99: 2.5, q90: 0.01 } } };
    const builder = createTableBuilder();
    const theft = { 'Total Length of Bwd Packet': 5e7, 'Bwd Packet Length Max': 1400, 'Flow Packets/s': 3000, 'Flow Bytes/s': 5e7 };
    builder.add(makeFlow({ startMs: 0, source: '10.6.6.6', statistics: theft }));
    builder.add(
      makeFlow({
        startMs: 10,
        source: '10.6.6.6',
        statistics: { 'Total Length of Fwd Packet': 300, 'Flow Packets/s': 1500, 'Flow Bytes/s': 9000 },
      }),
    );
    expect(
      createFewShotDetector(strict)
        .judge(builder.table())
        .map(({ isLinked, family }) => [isLinked, family !== 'benign']),
    ).toEqual([
      [false, true],
      [true, true],
    ]);
  });
});

describe('learnShots', () => {
  it('takes up the surroundings that training saw, for examples in a file of their own', async () => {
    const { base, table } = await learn('d');
    const rows = [table.families.indexOf('scan') + 20];
    const alone = learnShots(base, takeRows({ ...table, contexts: table.contexts.map(() => 0) }, rows), [0], {
      recipe: 'd',
      hasSurroundings: false,
    });
    expect(alone.hasSurroundings).toBe(true);
    expect([...alone.contexts]).toEqual([...table.contexts.subarray(rows[0]! * CONTEXT_WIDTH, (rows[0]! + 1) * CONTEXT_WIDTH)]);
  });

  it("compares nothing of surroundings that are not known, but the flow's own part", async () => {
    const { base } = await learn('d');
    const other = recording(3);
    const strangers: FlowTable = { ...other, startsMs: other.startsMs.map((ms) => ms + 1e9) };
    const model = learnShots(base, strangers, [other.families.indexOf('scan'), other.families.indexOf('theft')], {
      recipe: 'd',
      hasSurroundings: false,
    });
    expect(model.hasSurroundings).toBe(false);
    const later = recording(2);
    const blurred: FlowTable = { ...later, contexts: later.contexts.map((x, i) => (i % CONTEXT_WIDTH === OWN_CONTEXT ? x : 99)) };
    const names = (table: FlowTable): string[] =>
      createFewShotDetector(model)
        .judge(table)
        .map(({ family }) => family);
    expect(names(blurred)).toEqual(names(later));
  });

  it('refuses a table without examples', async () => {
    const { base } = await learn('d');
    expect(() => learnShots(base, recording(2, false), [], { recipe: 'd', hasSurroundings: true })).toThrow(/no examples/);
  });
});

describe('chooseShots', () => {
  it('takes at most a handful of each family, spread evenly', () => {
    const table = recording(1);
    const shots = chooseShots(table);
    expect(shots).toHaveLength(2 * MAX_SHOTS);
    expect(shots.slice(0, MAX_SHOTS).map((row) => row - shots[0]!)).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36]);
  });
});

describe('estimateRecall', () => {
  it('says what the examples can tell, and nothing of a single one', async () => {
    const { base, table, model } = await learn('d');
    expect(estimateRecall(model).map(({ recognised }) => recognised)).toEqual([undefined, undefined]);
    const many = learnShots(base, table, chooseShots(table), { recipe: 'd', hasSurroundings: true });
    const [scan] = estimateRecall(many);
    expect(scan).toMatchObject({ family: 'scan', examples: 10, passing: { hits: 10, trials: 10 } });
    expect(scan!.recognised!.hits).toBeGreaterThanOrEqual(9);
    expect(scan!.recognised!.low).toBeLessThan(0.75);
  });
});

describe('createCompanyTable', () => {
  it("weighs a flow with the mean of its client's other attacks of the last minute, and no one else's", () => {
    const company = createCompanyTable();
    expect([...company.weigh('a', 0, Float64Array.of(1, 4))]).toEqual([1, 4]);
    expect([...company.weigh('b', 1000, Float64Array.of(9, 0))]).toEqual([9, 0]);
    // By itself of the second family, in company of the first.
    expect([...company.weigh('a', 59_000, Float64Array.of(3, 2))]).toEqual([4, 6]);
    expect([...company.weigh('a', 61_000, Float64Array.of(0, 0))]).toEqual([3, 2]);
    expect([...company.weigh('a', 200_000, Float64Array.of(5, 6))]).toEqual([5, 6]);
  });

  it('keeps a bounded past', () => {
    const company = createCompanyTable();
    for (let i = 0; i < 1000; i++) company.weigh('a', i, Float64Array.of(i < 700 ? 100 : 7));
    expect(company.weigh('a', 1000, Float64Array.of(0))[0]).toBeCloseTo(7, 9);
  });
});

describe('createLinkTable', () => {
  it('suspects a client of whose last minute half were attacks', () => {
    const links = createLinkTable();
    expect(links.isSuspect('a', 0)).toBe(false);
    links.add('a', 0, true);
    links.add('a', 30_000, false);
    expect(links.isSuspect('a', 50_000)).toBe(true);
    expect(links.isSuspect('a', 61_000)).toBe(false);
    expect(links.isSuspect('b', 0)).toBe(false);
  });
});
