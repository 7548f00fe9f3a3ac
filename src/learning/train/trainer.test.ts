import { seededRandom } from '../../platform/index.ts';
import { openDirectSession } from '../../testing/direct-session.ts';
import { relu } from '../tape/elementwise.ts';
import { affine } from '../tape/linear.ts';
import { meanSquaredError } from '../tape/losses.ts';
import { BATCH, type Shape } from '../tape/shape.ts';
import type { Tape, Value } from '../tape/tape.ts';
import { buildServingGraph, buildTrainingGraph } from './index.ts';
import { filledWith, heNormal, initialWeights, lecunNormal } from './initialisers.ts';
import { createTrainer, startState } from './trainer.ts';

const ROWS = 16;

const network = (tape: Tape, x: Value): Value => {
  const hidden = relu(tape, affine(tape, x, tape.parameter('w1', [2, 8], heNormal), tape.parameter('b1', [8], filledWith(0))));
  return affine(tape, hidden, tape.parameter('w2', [8, 1], lecunNormal), tape.parameter('b2', [1], filledWith(0)));
};
const graph = buildTrainingGraph(
  'product',
  [
    { name: 'x', shape: [ROWS, 2] },
    { name: 'y', shape: [ROWS, 1] },
  ],
  (tape, [x, y]) => {
    const answer = network(tape, x!);
    return { loss: meanSquaredError(tape, answer, y!), outputs: { answer } };
  },
);

/** y = x0 x1 for numbers in -1..1. */
const batch = (seed: number): [Float32Array, Float32Array] => {
  const random = seededRandom(seed);
  const x = Float32Array.from({ length: 2 * ROWS }, () => 2 * random() - 1);
  return [x, Float32Array.from({ length: ROWS }, (_, i) => x[2 * i]! * x[2 * i + 1]!)];
};

const start = () => startState(initialWeights(graph.parameters, seededRandom(3)));
const train = async (steps: number, from = start()) => {
  const session = await openDirectSession(graph.model);
  const trainer = createTrainer(session, graph, from);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push(await trainer.step(batch(trainer.state.step), 0.02));
  await session.close();
  return { trainer, losses };
};

describe('createTrainer', () => {
  it('learns what a linear rule cannot', async () => {
    const { losses } = await train(400);
    expect(losses[0]).toBeGreaterThan(0.05);
    expect(losses.slice(-20).reduce((a, b) => a + b) / 20).toBeLessThan(0.01);
  });

  it('gives the same weights for the same seed, also when it was stopped in between', async () => {
    const whole = (await train(30)).trainer.state;
    const half = (await train(15)).trainer.state;
    expect((await train(15, half)).trainer.state).toEqual(whole);
  });

  it('makes the first step that Adam makes: every weight moves by the learning rate, against its gradient', async () => {
    const from = start();
    const { trainer } = await train(1, from);
    const moved = Array.from(trainer.state.weights, (w, i) => Math.abs(w - from.weights[i]!)).filter((size) => size > 0);
    expect(Math.max(...moved)).toBeCloseTo(0.02, 4);
    expect(trainer.state.step).toBe(1);
  });

  it('tells a loss without learning', async () => {
    const session = await openDirectSession(graph.model);
    const trainer = createTrainer(session, graph, start());
    const { loss, outputs } = await trainer.evaluate(batch(0));
    expect(outputs.answer!.dims).toEqual([ROWS, 1]);
    expect(trainer.state).toEqual(start());
    expect(await trainer.step(batch(0), 0.02)).toBe(loss);
    await session.close();
  });

  it('refuses data of another size, a state of another network and a loss that is no number, and keeps its state', async () => {
    const session = await openDirectSession(graph.model);
    const trainer = createTrainer(session, graph, start());
    await expect((async () => trainer.step([new Float32Array(3), new Float32Array(ROWS)], 0.02))()).rejects.toThrow('x has 3 numbers');
    const [x, y] = batch(0);
    await expect(trainer.step([x.fill(Number.NaN), y], 0.02)).rejects.toThrow('the loss of step 1 is NaN');
    expect(trainer.state).toEqual(start());
    expect(() => createTrainer(session, graph, startState(new Float32Array(3)))).toThrow('33 weights');
    await session.close();
  });
});

describe('buildServingGraph', () => {
  const inputs = (rows: number): readonly { name: string; shape: Shape }[] => [{ name: 'x', shape: [rows, 2] }];

  it('answers for any number of rows as the trained network does', async () => {
    const { trainer } = await train(50);
    const model = buildServingGraph('product', inputs(BATCH), (tape, [x]) => ({ y: network(tape, x!) }), trainer.state.weights);
    const session = await openDirectSession(model);
    const [x, y] = batch(99);
    const all = (await session.run({ x: { dims: [ROWS, 2], data: x } })).y!;
    const first = (await session.run({ x: { dims: [1, 2], data: x.slice(0, 2) } })).y!;
    expect(all.dims).toEqual([ROWS, 1]);
    expect(first.data[0]).toBeCloseTo(all.data[0]!, 6);
    const error = all.data.reduce((sum, each, i) => sum + (each - y[i]!) ** 2, 0) / ROWS;
    const training = await openDirectSession(graph.model);
    expect(error).toBeCloseTo((await createTrainer(training, graph, trainer.state).evaluate(batch(99))).loss, 6);
    await session.close();
    await training.close();
  });

  it('refuses weights of another network', () => {
    expect(() => buildServingGraph('product', inputs(1), (tape, [x]) => ({ y: network(tape, x!) }), new Float32Array(34))).toThrow(
      'has 33 weights, 34 were given',
    );
  });
});
