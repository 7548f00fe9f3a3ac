import { seededRandom } from '../../platform/index.ts';
import { openDirectSession } from '../../testing/direct-session.ts';
import { buildWindows } from './row-builder.ts';
import { createLstmForecast, createTransformerForecast, SEQUENCE_LENGTH } from './sequence-models.ts';

const feature = { name: 'm', unit: '', unitClass: 'other' } as const;
const PERIOD = 12;

/** Two metrics: a wave, and the same a quarter later. `broken`: the second one repeats the first at the end. */
const rows = (count: number, broken: boolean) => {
  const random = seededRandom(3);
  const wave = (i: number): number => Math.sin((2 * Math.PI * i) / PERIOD);
  const values = Float64Array.from({ length: 2 * count }, (_, k) => {
    const i = k >> 1;
    const isBroken = broken && i === count - 1;
    return wave(k % 2 === 0 || isBroken ? i : i - PERIOD / 4) + 0.05 * random();
  });
  return buildWindows([feature, feature], values, SEQUENCE_LENGTH);
};
const part = ({ width, data }: ReturnType<typeof rows>, from: number, to: number) => ({
  count: to - from,
  width,
  data: data.slice(from * width, to * width),
});

describe('buildWindows', () => {
  it('holds the last samples of each metric, oldest first, and none that comes after', () => {
    const { count, width, data } = rows(100, false);
    expect({ count, width }).toEqual({ count: 100, width: 2 * SEQUENCE_LENGTH });
    const newest = (row: number): number => data[row * width + SEQUENCE_LENGTH - 1]!;
    expect(data[80 * width]).toBeCloseTo(newest(80 - SEQUENCE_LENGTH + 1), 0);
    const changed = rows(100, true).data;
    expect(changed.subarray(0, 99 * width)).toEqual(data.subarray(0, 99 * width));
  });
});

describe.each([
  ['lstm', createLstmForecast],
  ['transformer', createTransformerForecast],
])('%s', (_, create) => {
  it('forecasts a wave, is surprised by one that breaks its phase, and learns the same again from the same seed', async () => {
    const detector = create(openDirectSession);
    const scoresOf = async () => {
      const fitted = await detector.fit(part(rows(600, false), 50, 560), seededRandom(1));
      return [...(await fitted.score(part(rows(600, true), 565, 600)))];
    };
    const scores = await scoresOf();
    const usual = scores.slice(0, -1);
    expect(Math.max(...usual)).toBeLessThan(0.5 * scores.at(-1)!);
    expect(await scoresOf()).toEqual(scores);
    await detector.close();
  });
});
