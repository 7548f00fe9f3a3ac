import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../platform/index.ts';
import { openDirectSession } from '../../testing/direct-session.ts';
import { makeFlow } from '../../testing/flow-builders.ts';
import { createTableBuilder, type FlowTable, selectRows } from '../features/flow-table.ts';
import { EMBEDDING_WIDTH, EMBEDDINGS } from './networks.ts';
import { trainEmbedding } from './train-embedding.ts';

/** Four services, each with flows of its own size and length. */
const sample = (seed: number, services = 4): FlowTable => {
  const random = seededRandom(seed);
  const builder = createTableBuilder();
  for (let i = 0; i < 120; i++) {
    const service = i % services;
    const bytes = 50 * 6 ** service * (0.8 + 0.4 * random());
    builder.add(
      makeFlow({
        row: i,
        destinationPort: 8000 + service,
        statistics: {
          'Total Length of Fwd Packet': bytes,
          'Fwd Packet Length Max': bytes / 2,
          'Flow Duration': 100 * 9 ** service * (0.8 + 0.4 * random()),
        },
      }),
    );
  }
  return builder.table();
};

describe('trainEmbedding', () => {
  it.each(EMBEDDINGS)('%s puts flows of one service near each other, also those of another seed', async (kind) => {
    const table = sample(1);
    const rows = selectRows(table, () => true);
    const effort = kind === 'picture' ? 0.05 : 0.2;
    const { places } = await trainEmbedding({ open: openDirectSession, random: seededRandom(1), effort }, kind, table, rows);
    const later = sample(2);
    const found = await places(later);
    const square = (a: number, b: number): number => {
      let sum = 0;
      for (let k = 0; k < EMBEDDING_WIDTH; k++) sum += (found[a * EMBEDDING_WIDTH + k]! - found[b * EMBEDDING_WIDTH + k]!) ** 2;
      return sum;
    };
    const portOf = (row: number): number => later.conversations[row]!.port;
    const right = Array.from({ length: later.matrix.count }, (_, row) => {
      const others = Array.from({ length: later.matrix.count }, (__, i) => i).filter((i) => i !== row);
      return portOf(others.reduce((best, i) => (square(row, i) < square(row, best) ? i : best))) === portOf(row);
    });
    expect(right.filter(Boolean).length / right.length).toBeGreaterThan(0.95);
    expect(square(0, 0)).toBe(0);
  });

  it('refuses flows to one service alone', async () => {
    const table = sample(1, 1);
    const trained = trainEmbedding(
      { open: openDirectSession, random: seededRandom(1) },
      'siamese',
      table,
      selectRows(table, () => true),
    );
    await expect(trained).rejects.toThrow('nothing to tell apart');
  });
});
