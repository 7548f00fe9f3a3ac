import { InferenceSession, Tensor } from 'onnxruntime-node';
import { createTape, type Tape, type Value, WEIGHTS } from '../learning/tape/tape.ts';
import { seededRandom } from '../platform/random.ts';

/** Of what size a number may be changed so that single precision still shows the difference and the curvature does not. */
const STEP = 1e-2;

export interface GradientCheck {
  /** Largest difference between the rules and central differences, over the largest gradient. */
  readonly error: number;
  readonly gradient: Float32Array;
  readonly value: number;
}

const SPREAD = 1;

/**
 * Writes `define` of parameters with these shapes, weighs its result with fixed random numbers to one number, and compares every
 * element of every gradient with a central difference.
 *
 * @param values the parameters, one after the other; default: uniform in -1..1, seeded.
 */
export const checkGradient = async (
  shapes: readonly (readonly number[])[],
  define: (tape: Tape, ...inputs: Value[]) => Value,
  values?: readonly number[],
): Promise<GradientCheck> => {
  const random = seededRandom(7);
  const tape = createTape('check');
  const inputs = shapes.map((shape, i) => tape.parameter(`p${i}`, shape, () => new Float32Array(0)));
  const result = define(tape, ...inputs);
  const size = result.shape.reduce((product, axis) => product * axis, 1);
  const weights = tape.constant(
    result.shape,
    Array.from({ length: size }, () => 2 * random() - 1),
  );
  const product = tape.emit('Mul', [result, weights], result.shape);
  tape.record([product], [result], [([dy]) => tape.emit('Mul', [dy!, weights], result.shape)]);
  const loss = tape.emit('ReduceSum', [product], [], { keepdims: 0 });
  tape.record([loss], [product], [([dy]) => tape.emit('Expand', [dy!, tape.integers(result.shape)], result.shape)]);
  const gradients = tape.gradients(loss, inputs).map((gradient) => tape.emit('Reshape', [gradient, tape.integers([-1])], [-1]));
  const flat = tape.graph.node(
    'Concat',
    gradients.map(({ tensor }) => tensor),
    { axis: 0 },
    'gradient',
  );
  tape.graph.output(loss.tensor, []);
  tape.graph.output(flat, ['parameters']);

  const session = await InferenceSession.create(tape.graph.build('test'), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const count = shapes.reduce((sum, shape) => sum + shape.reduce((product, axis) => product * axis, 1), 0);
  const point = Float32Array.from({ length: count }, (_, i) => values?.[i] ?? SPREAD * (2 * random() - 1));
  const at = async (weightsAt: Float32Array) => session.run({ [WEIGHTS]: new Tensor('float32', weightsAt, [count]) });
  const valueAt = async (i: number, change: number): Promise<number> => {
    const moved = point.slice();
    moved[i]! += change;
    return Number((await at(moved))[loss.tensor]!.data[0]);
  };
  const here = await at(point);
  const gradient = here[flat]!.data as Float32Array;
  let worst = 0;
  for (let i = 0; i < count; i++) {
    const difference = ((await valueAt(i, STEP)) - (await valueAt(i, -STEP))) / (2 * STEP);
    worst = Math.max(worst, Math.abs(difference - gradient[i]!));
  }
  const largest = gradient.reduce((most, each) => Math.max(most, Math.abs(each)), 1e-6);
  const value = Number(here[loss.tensor]!.data[0]);
  await session.release();
  return { error: worst / largest, gradient, value };
};
