import { describe, expect, it } from '@jest/globals';
import { normal } from '../../learning/index.ts';
import { seededRandom } from '../../platform/index.ts';
import { makeFlow } from '../../testing/flow-builders.ts';
import { createTableBuilder, type FlowTable } from '../features/flow-table.ts';
import { CLASSIC_NAMES, fitClassic } from './fit-classic.ts';

/** Benign flows of two kinds; attacks that are long and have a payload between them. */
const sample = (seed: number): FlowTable => {
  const random = seededRandom(seed);
  const builder = createTableBuilder({ family: 0 });
  for (let i = 0; i < 300; i++) {
    const isAttack = i % 15 === 0;
    const bytes = isAttack ? 900 : i % 2 === 0 ? 100 : 9000;
    const noise = 1 + 0.1 * normal(random);
    builder.add(
      makeFlow({
        row: i,
        startMs: i * 1000,
        texts: [isAttack ? 'theft' : ''],
        statistics: {
          'Total Length of Fwd Packet': bytes * noise,
          'Flow Duration': (isAttack ? 9e6 : 1000) * noise,
          'Fwd IAT Mean': isAttack ? 1e6 : 100,
        },
      }),
    );
  }
  return builder.table();
};

describe('fitClassic', () => {
  it.each(CLASSIC_NAMES)('%s finds attacks of another seed at its own threshold', async (name) => {
    const say = await fitClassic(name, sample(1), seededRandom(1));
    const later = sample(2);
    const scores = say(later);
    const shareOf = (isAttack: boolean): number => {
      const own = [...scores].filter((_, i) => (later.families[i] !== '') === isAttack);
      return own.filter((score) => score > 0).length / own.length;
    };
    expect(shareOf(true)).toBeGreaterThan(0.9);
    expect(shareOf(false)).toBeLessThan(0.05);
  });

  it('gives the same answers for the same seed', async () => {
    const [a, b] = [
      await fitClassic('logistic regression', sample(1), seededRandom(3)),
      await fitClassic('logistic regression', sample(1), seededRandom(3)),
    ];
    expect(a(sample(2))).toEqual(b(sample(2)));
  });
});
