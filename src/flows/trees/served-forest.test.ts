import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../platform/index.ts';
import { openDirectSession } from '../../testing/direct-session.ts';
import { makeFlow } from '../../testing/flow-builders.ts';
import { createSupervisedDetector, fitSupervised } from '../detect/supervised.ts';
import { createTableBuilder, type FlowTable, selectRows } from '../features/flow-table.ts';
import { buildServedForest, checkServedForest, createServedForest } from './served-forest.ts';

/** Benign flows and two kinds of attacks, near enough to each other for trees to disagree. */
const flows = (seed: number, count: number): FlowTable => {
  const random = seededRandom(seed);
  const builder = createTableBuilder({ family: 0 });
  for (let row = 0; row < count; row++) {
    const kind = Math.floor(6 * random());
    const family = kind === 0 ? 'scan' : kind === 1 ? 'theft' : '';
    const size = (kind === 1 ? 3000 : 300) * (0.3 + random());
    const statistics = {
      'Total Length of Bwd Packet': size,
      'Flow Packets/s': (kind === 0 ? 3000 : 900) * random(),
      'Flow IAT Mean': 1e5 * random(),
    };
    builder.add(makeFlow({ row, startMs: row * 100, statistics, texts: [family] }));
  }
  return builder.table();
};
const learn = async () => {
  const table = flows(1, 400);
  const rows = (isBenign: boolean) => selectRows(table, (row) => (table.families[row] === '') === isBenign);
  return fitSupervised(table, rows(true), rows(false), seededRandom(1), { effort: 0.1 });
};

describe('createServedForest', () => {
  it('scores and names as the trees do, to a millionth', async () => {
    const model = await learn();
    const { model: bytes } = buildServedForest(model, 'v');
    const session = await openDirectSession(bytes);
    const later = flows(2, 300);
    const served = await createServedForest(model.families, session).judge(later);
    const own = createSupervisedDetector(model).judge(later);
    expect(new Set(own.map(({ family }) => family))).toEqual(new Set(['benign', 'scan', 'theft']));
    for (const [i, { score, family }] of own.entries()) {
      expect(Math.abs(served[i]!.score - score)).toBeLessThanOrEqual(1e-6 * Math.max(1, score));
      if (Math.abs(score - 1) > 1e-6) expect(served[i]!.family).toBe(family);
    }
    await session.close();
  });
});

describe('checkServedForest', () => {
  it('takes what was built and refuses what does not fit', async () => {
    const built = buildServedForest(await learn(), 'v');
    const { manifest, model } = built;
    expect(checkServedForest(built).families).toEqual(['scan', 'theft']);
    const { flow, ...other } = manifest;
    expect(() => checkServedForest({ model, manifest: other })).toThrow('is none for flows');
    expect(() => checkServedForest({ model: model.slice(1), manifest })).toThrow('cut off or replaced');
    expect(() => checkServedForest({ model, manifest: { ...manifest, catalogVersion: 'flows-0' } })).toThrow('made for catalogue flows-0');
    const columns = [...flow!.columns].reverse();
    expect(() => checkServedForest({ model, manifest: { ...manifest, flow: { ...flow!, columns } } })).toThrow('other columns');
  });
});
