import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { buildWindowShape, cosineBasis, LEAST_SCALE, WINDOW_SHAPE } from './window-shape.ts';

const W = WINDOW_SHAPE.windowLength;
const K = WINDOW_SHAPE.coefficients;

/** The formula of the model, in doubles. */
const formula = (window: readonly number[], level: number, scale: number) => {
  const basis = cosineBasis(WINDOW_SHAPE);
  const z = window.map((x) => (x - level) / Math.max(scale, LEAST_SCALE));
  const coefficients = Array.from({ length: K }, (_, j) => z.reduce((sum, x, t) => sum + x * basis[j * W + t]!, 0));
  const rest = z.map((x, t) => x - coefficients.reduce((sum, c, j) => sum + c * basis[j * W + t]!, 0));
  return { coefficients, error: Math.sqrt(rest.reduce((sum, x) => sum + x * x, 0) / W) };
};

const { model, manifest } = buildWindowShape();
let session: InferenceSession;
beforeAll(async () => {
  session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
});
afterAll(async () => {
  await session.release();
});

const run = async (rows: readonly { window: readonly number[]; level: number; scale: number }[]) => {
  const tensor = (width: number, values: number[]) => new Tensor('float32', Float32Array.from(values), [rows.length, width]);
  const out = await session.run({
    window: tensor(
      W,
      rows.flatMap(({ window }) => [...window]),
    ),
    level: tensor(
      1,
      rows.map(({ level }) => level),
    ),
    scale: tensor(
      1,
      rows.map(({ scale }) => scale),
    ),
  });
  return { error: out['error']!, coefficients: out['coefficients']! };
};

const row = fc.record({
  window: fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: W, maxLength: W }),
  level: fc.float({ min: -5, max: 5, noNaN: true }),
  scale: fc.float({ min: Math.fround(0.1), max: 10, noNaN: true }),
});

describe('buildWindowShape', () => {
  it('gives what the formula gives, for any batch', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async (rows) => {
        const { error, coefficients } = await run(rows);
        expect(error.dims).toEqual([rows.length]);
        expect(coefficients.dims).toEqual([rows.length, K]);
        rows.forEach(({ window, level, scale }, i) => {
          const expected = formula(window, level, scale);
          // Single precision over 12 terms of at most 550 scales each.
          expect((error.data as Float32Array)[i]).toBeCloseTo(expected.error, 2);
          expected.coefficients.forEach((c, j) => {
            expect((coefficients.data as Float32Array)[i * K + j]).toBeCloseTo(c, 2);
          });
        });
      }),
    );
  });

  it('finds nothing in a level or a slope and much in a spike or a flapping series', async () => {
    const rows = [
      Array.from({ length: W }, () => 3),
      Array.from({ length: W }, (_, t) => t / 4),
      Array.from({ length: W }, (_, t) => (t === W - 1 ? 6 : 0)),
      Array.from({ length: W }, (_, t) => (t % 2 === 0 ? 1 : -1)),
    ].map((window) => ({ window, level: 0, scale: 1 }));
    const [flat, slope, spike, flapping] = (await run(rows)).error.data as Float32Array;
    expect(flat).toBeLessThan(1e-6);
    expect(slope).toBeLessThan(0.1);
    expect(spike).toBeGreaterThan(1);
    expect(flapping).toBeGreaterThan(0.9);
  });

  it('does not divide by a scale of 0, and says NaN for NaN', async () => {
    const window = Array.from({ length: W }, () => 0);
    const { error } = await run([
      { window, level: 0, scale: 0 },
      { window: window.map(() => Number.NaN), level: 0, scale: 1 },
    ]);
    expect([...(error.data as Float32Array)]).toEqual([0, Number.NaN]);
  });

  it('builds the same bytes twice and describes them', () => {
    expect(buildWindowShape().manifest).toEqual(manifest);
    expect(manifest).toMatchObject({ id: 'window-shape', version: 'dct-12-4', opset: 18, irVersion: 8, catalogVersion: 'any' });
    expect(session.inputNames).toEqual(manifest.inputs.map(({ name }) => name));
    expect(session.outputNames).toEqual(manifest.outputs.map(({ name }) => name));
  });
});

describe('cosineBasis', () => {
  it('is orthonormal', () => {
    const size = { windowLength: 12, coefficients: 12 };
    const basis = cosineBasis(size);
    for (let i = 0; i < 12; i++)
      for (let j = 0; j < 12; j++) {
        const product = Array.from({ length: 12 }, (_, t) => basis[i * 12 + t]! * basis[j * 12 + t]!).reduce((a, b) => a + b);
        expect(product).toBeCloseTo(i === j ? 1 : 0, 6);
      }
  });
});
