import { describe, expect, it } from '@jest/globals';
import { normal } from '../../learning/index.ts';
import { seededRandom } from '../../platform/index.ts';
import { makeFlow } from '../../testing/flow-builders.ts';
import { fitBenign } from '../detect/benign.ts';
import { createTableBuilder, type FlowTable, selectRows } from '../features/flow-table.ts';
import { createTaughtDetector, lessonPoints, type TaughtDetector } from './lessons.ts';

const tableOf = (sizes: readonly number[]): FlowTable => {
  const builder = createTableBuilder();
  for (const [row, bytes] of sizes.entries())
    builder.add(
      makeFlow({
        row,
        startMs: row * 1000,
        statistics: {
          'Total Length of Fwd Packet': bytes,
          'Fwd Packet Length Max': bytes / 4,
          'Fwd Packet Length Mean': bytes / 5,
          'Flow Bytes/s': bytes * 10,
        },
      }),
    );
  return builder.table();
};
const teachable = async (): Promise<TaughtDetector> => {
  const random = seededRandom(1);
  const table = tableOf(Array.from({ length: 200 }, () => 5000 * (1 + 0.1 * normal(random))));
  const model = await fitBenign(
    table,
    selectRows(table, () => true),
    { quantile: 0.99 },
  );
  return createTaughtDetector(model)!;
};
const judged = (detector: TaughtDetector, bytes: number): [score: number, family: string] => {
  const [judgement] = detector.judge(tableOf([bytes]));
  return [judgement!.score, judgement!.family];
};
const points = (bytes: number): Float64Array => lessonPoints(tableOf([bytes]), [0]);

describe('createTaughtDetector', () => {
  it('names what is like a confirmed flow, and nothing else', async () => {
    const detector = await teachable();
    expect(judged(detector, 8e6)[1]).toBe('unknown');
    detector.teach({ id: 'a', family: 'theft', points: points(8e6) });
    expect(judged(detector, 8.1e6)[1]).toBe('theft');
    expect(judged(detector, 3)[1]).toBe('unknown');
    expect(judged(detector, 5000)[1]).toBe('benign');
  });

  it('says a false alarm no more, and still says what is not like it', async () => {
    const detector = await teachable();
    detector.teach({ id: 'a', family: '', points: points(8e6) });
    expect(judged(detector, 8.1e6)).toEqual([expect.closeTo(0, 1), 'benign']);
    expect(judged(detector, 3)[1]).toBe('unknown');
  });

  it('eases no confirmed flow by a false alarm that is like it', async () => {
    const detector = await teachable();
    detector.teach({ id: 'a', family: '', points: points(8e6) });
    detector.teach({ id: 'b', family: 'theft', points: points(8e6) });
    expect(judged(detector, 8e6)[1]).toBe('theft');
  });

  it('takes a lesson back as if it had never been', async () => {
    const detector = await teachable();
    const before = [3, 5000, 8e6, 9e8].map((bytes) => judged(detector, bytes));
    detector.teach({ id: 'a', family: 'theft', points: points(8e6) });
    detector.teach({ id: 'b', family: '', points: points(3) });
    expect(detector.lessons.map(({ id }) => id)).toEqual(['a', 'b']);
    expect([detector.unteach('a'), detector.unteach('b'), detector.unteach('b')]).toEqual([true, true, false]);
    expect([3, 5000, 8e6, 9e8].map((bytes) => judged(detector, bytes))).toEqual(before);
  });
});
