import { seededRandom } from '../../platform/index.ts';
import { openDirectSession } from '../../testing/direct-session.ts';
import { createAutoencoder } from './autoencoder.ts';
import { histogramScore } from './histogram-score.ts';
import { CLASSIC_DETECTORS, type ClassicDetector, type Rows } from './index.ts';
import { localOutlierFactor, nearestNeighbours } from './nearest-neighbours.ts';
import { createOwnPast } from './own-past.ts';
import { scorePrequentially } from './prequential.ts';
import { buildRows } from './row-builder.ts';
import { sampleIndices } from './rows.ts';

const rowsOf = (rows: readonly (readonly number[])[]): Rows => ({
  count: rows.length,
  width: rows[0]!.length,
  data: Float32Array.from(rows.flat()),
});

/** Two columns that move together: y is x and a little more. */
const onLine = (count: number, seed: number): Rows => {
  const random = seededRandom(seed);
  return rowsOf(
    Array.from({ length: count }, () => {
      const x = 4 * random() - 2;
      return [x, x + 0.2 * (random() - 0.5)];
    }),
  );
};

const autoencoder = createAutoencoder(openDirectSession);
const DETECTORS: readonly ClassicDetector[] = [...CLASSIC_DETECTORS, autoencoder];
/** Rows of another kind: beyond everything, and off the line though ordinary in each column. Columns one by one cannot see the second. */
const FAR = rowsOf([[9, -9]]);
const OFF_LINE = rowsOf([[1.5, -1.5]]);

afterAll(() => autoencoder.close());

describe.each(DETECTORS.map((detector) => ({ id: detector.id, detector })))('$id', ({ id, detector }) => {
  it('puts a row that lies beyond all others above ordinary ones', async () => {
    const fitted = await detector.fit(onLine(300, 1), seededRandom(2));
    const usual = [...(await fitted.score(onLine(200, 3)))].sort((a, b) => a - b);
    expect((await fitted.score(FAR))[0]).toBeGreaterThan(usual[199]!);
    if (id !== 'hbos') expect((await fitted.score(OFF_LINE))[0]).toBeGreaterThan(usual[190]!);
  });

  it('gives the same numbers for the same seed, and finite ones where all rows are equal', async () => {
    const scores = async () => (await detector.fit(onLine(100, 1), seededRandom(5))).score(onLine(20, 2));
    expect(await scores()).toEqual(await scores());
    const equal = rowsOf(Array.from({ length: 30 }, () => [1, 1]));
    const same = await (await detector.fit(equal, seededRandom(1))).score(equal);
    expect([...same].every(Number.isFinite)).toBe(true);
  });
});

describe('nearestNeighbours', () => {
  it('is the mean distance to the three nearest, over the root of the width', async () => {
    const fitted = await nearestNeighbours.fit(rowsOf([[0], [1], [3], [10]]), seededRandom(1));
    expect([...(await fitted.score(rowsOf([[0], [12]])))]).toEqual([(0 + 1 + 3) / 3, (2 + 9 + 11) / 3]);
  });
});

describe('localOutlierFactor', () => {
  it('is about one inside a cloud of even density and weighs distance by the density around', async () => {
    const dense = Array.from({ length: 100 }, (_, i) => [(i % 10) / 100, Math.floor(i / 10) / 100]);
    const sparse = Array.from({ length: 100 }, (_, i) => [100 + (i % 10), Math.floor(i / 10)]);
    const fitted = await localOutlierFactor.fit(rowsOf([...dense, ...sparse]), seededRandom(1));
    const [inside, nearDense, nearSparse] = await fitted.score(
      rowsOf([
        [0.045, 0.045],
        [0.045, 1.09],
        [104.5, 10],
      ]),
    );
    expect(inside).toBeGreaterThan(0.8);
    expect(inside).toBeLessThan(1.2);
    // Both lie about one away from a cloud; only the dense one calls that far.
    expect(nearDense).toBeGreaterThan(5);
    expect(nearSparse).toBeLessThan(2);
  });
});

describe('histogramScore', () => {
  it('adds the -log10 shares of the bins, the fullest counting as 0', async () => {
    const fitted = await histogramScore.fit(rowsOf([...Array.from({ length: 20 }, () => [0]), [10], [10]]), seededRandom(1));
    const [fullest, rare, empty] = await fitted.score(rowsOf([[0], [10], [5]]));
    expect(fullest).toBe(0);
    expect(rare).toBeCloseTo(Math.log10(20 / 2), 6);
    expect(empty).toBeCloseTo(Math.log10(20 / 0.5), 6);
  });
});

describe('sampleIndices', () => {
  it('draws different rows, and all where there are no more', () => {
    expect(new Set(sampleIndices(100, 40, seededRandom(1))).size).toBe(40);
    expect([...sampleIndices(5, 40, seededRandom(1))].sort()).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('createOwnPast', () => {
  it('crosses one only far above what it has seen, whatever the scale', () => {
    for (const scale of [1e-3, 1, 1e6]) {
      const random = seededRandom(3);
      const ownPast = createOwnPast(60);
      const usual = Array.from({ length: 3000 }, () => ownPast(scale * (5 + random())));
      expect(usual.slice(0, 30).every(Number.isNaN)).toBe(true);
      expect(usual.filter((score) => score >= 1)).toHaveLength(0);
      expect(ownPast(scale * 50)).toBeGreaterThan(1);
      expect(ownPast(scale * 0.1)).toBeLessThan(1);
      expect(ownPast(Number.NaN)).toBeNaN();
    }
  });
});

describe('scorePrequentially', () => {
  const rows = onLine(400, 4);
  const options = () => ({ stepSeconds: 60, random: seededRandom(1) });

  it.each(CLASSIC_DETECTORS.map((detector) => ({ id: detector.id, detector })))('$id does not see the future', async ({ detector }) => {
    const whole = await scorePrequentially(detector, rows, options());
    const cut = await scorePrequentially(detector, { ...rows, count: 300, data: rows.data.slice(0, 300 * rows.width) }, options());
    expect(cut).toEqual(whole.subarray(0, 300));
    expect([...whole.subarray(0, 64)].every(Number.isNaN)).toBe(true);
    expect([...whole.subarray(100)].every(Number.isFinite)).toBe(true);
  });

  it('has nothing to say of a short series', async () => {
    const short = { ...rows, count: 10, data: rows.data.slice(0, 10 * rows.width) };
    expect([...(await scorePrequentially(nearestNeighbours, short, options()))].every(Number.isNaN)).toBe(true);
  });
});

describe('buildRows', () => {
  const feature = { name: 'm', unit: '', unitClass: 'other' } as const;

  it('has newest value and mean of three lags per metric, four lags for one metric, and zeros for what is missing', () => {
    const values = Float64Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? i % 7 : Number.NaN));
    expect(buildRows([feature, feature], values)).toMatchObject({ count: 100, width: 4 });
    const { data } = buildRows([feature, feature], values);
    expect(data.filter((_, i) => i % 4 >= 2).every((x) => x === 0)).toBe(true);
    expect(buildRows([feature], values).width).toBe(4);
    expect([...data].every(Number.isFinite)).toBe(true);
  });

  it('scales by the past alone', () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => Math.sin(i));
    const whole = buildRows([feature], values).data;
    const changed = buildRows(
      [feature],
      values.map((x, i) => (i >= 60 ? 1e6 : x)),
    ).data;
    expect(changed.subarray(0, 240)).toEqual(whole.subarray(0, 240));
    expect(changed[240]).toBe(10);
  });

  it('gives no rows where there is no metric', () => {
    expect(buildRows([], new Float64Array(0))).toMatchObject({ count: 0, width: 0 });
  });
});
