// Time per training step (forward, backward, Adam as one ONNX graph): a conv net, an LSTM and an autoencoder; [--steps N] [--threads N]
import { parseArgs } from 'node:util';
import {
  affine,
  buildTrainingGraph,
  convolve,
  createModelSession,
  createTrainer,
  filledWith,
  heNormal,
  initialWeights,
  lecunNormal,
  lstm,
  maxPool,
  meanSquaredError,
  relu,
  reshape,
  slice,
  softmaxCrossEntropy,
  spawnSessionThread,
  startState,
  type Tape,
  type TrainingGraph,
  type Value,
} from '../src/learning/index.ts';
import { seededRandom, systemClock } from '../src/platform/index.ts';
import { median, printBar, printHead } from './report.ts';

const SEED = 1;
const BATCH = 64;
/** Made before the clock starts. */
const BATCHES = 8;
/** The conv net's, at this batch on one thread. */
const STEP_BAR_MS = 15;

const { values: flags } = parseArgs({ options: { steps: { type: 'string', default: '60' }, threads: { type: 'string', default: '1' } } });
const steps = Number(flags.steps);

const dense = (tape: Tape, name: string, x: Value, width: number): Value =>
  affine(tape, x, tape.parameter(`${name}_w`, [x.shape.at(-1)!, width], heNormal), tape.parameter(`${name}_b`, [width], filledWith(0)));
const conv = (tape: Tape, name: string, x: Value, channels: number): Value =>
  convolve(
    tape,
    x,
    tape.parameter(`${name}_w`, [channels, x.shape[1]!, 3, 3], heNormal),
    tape.parameter(`${name}_b`, [channels], filledWith(0)),
    { padding: 1 },
  );

/** conv3x3(1->8) relu maxpool2 conv3x3(8->16) relu maxpool2 dense(1024->64) relu dense(64->4), softmax cross-entropy. */
const convNet = buildTrainingGraph(
  'conv-net',
  [
    { name: 'x', shape: [BATCH, 1, 32, 32] },
    { name: 'y', shape: [BATCH, 4] },
  ],
  (tape, [x, y]) => {
    const first = maxPool(tape, relu(tape, conv(tape, 'c1', x!, 8)), 2);
    const second = maxPool(tape, relu(tape, conv(tape, 'c2', first, 16)), 2);
    const hidden = relu(tape, dense(tape, 'd1', reshape(tape, second, [BATCH, 1024]), 64));
    return { loss: softmaxCrossEntropy(tape, dense(tape, 'd2', hidden, 4), y!) };
  },
);

/** 32 steps of 8 numbers, 64 hidden, one number out. */
const lstmNet = buildTrainingGraph(
  'lstm',
  [
    { name: 'x', shape: [BATCH, 32, 8] },
    { name: 'y', shape: [BATCH, 1] },
  ],
  (tape, [x, y]) => {
    const states = lstm(tape, x!, {
      ofInput: tape.parameter('wx', [8, 256], lecunNormal),
      ofState: tape.parameter('wh', [64, 256], lecunNormal),
      bias: tape.parameter('b', [256], filledWith(0)),
    });
    return { loss: meanSquaredError(tape, dense(tape, 'out', reshape(tape, slice(tape, states, 1, 31, 32), [BATCH, 64]), 1), y!) };
  },
);

/** 128-256-32-256-128. */
const autoencoder = buildTrainingGraph('autoencoder', [{ name: 'x', shape: [BATCH, 128] }], (tape, [x]) => {
  const code = dense(tape, 'e2', relu(tape, dense(tape, 'e1', x!, 256)), 32);
  return { loss: meanSquaredError(tape, dense(tape, 'd2', relu(tape, dense(tape, 'd1', code, 256)), 128), x!) };
});

/** A class, or a sum, that can be seen in the numbers, so that the loss must fall. */
const batchOf = ({ inputs }: TrainingGraph, random: () => number): Float32Array[] => {
  const [x, y] = inputs.map(({ shape }) => new Float32Array(shape.reduce((product, size) => product * size, 1)));
  const width = x!.length / BATCH;
  for (let row = 0; row < BATCH; row++) {
    const kind = Math.floor(random() * 4);
    for (let i = 0; i < width; i++) x![row * width + i] = random() - 0.5 + (Math.floor((4 * i) / width) === kind ? 0.5 : 0);
    if (y?.length === BATCH) y[row] = kind;
    else if (y) y[row * 4 + kind] = 1;
  }
  return y ? [x!, y] : [x!];
};

await printHead({
  bench: 'training',
  seed: SEED,
  inputs: [{ name: 'random batches', source: { text: `seed ${SEED}, batch ${BATCH}, ${steps} steps, ${flags.threads} threads` } }],
});

let isReached = true;
for (const [name, graph, atMost] of [
  ['conv net', convNet, STEP_BAR_MS],
  ['lstm, 32 steps', lstmNet, undefined],
  ['autoencoder', autoencoder, undefined],
] as const) {
  const random = seededRandom(SEED);
  const session = await createModelSession(
    { clock: systemClock, spawn: spawnSessionThread },
    { model: graph.model, threads: Number(flags.threads), maxQueue: 1, timeoutMs: 60_000 },
  );
  const trainer = createTrainer(session, graph, startState(initialWeights(graph.parameters, random)));
  const batches = Array.from({ length: BATCHES }, () => batchOf(graph, random));
  const inside: number[] = [];
  const calls: number[] = [];
  const losses: number[] = [];
  const cpu = process.cpuUsage();
  for (let i = 0; i < steps; i++) {
    // Copies: the session takes them over.
    const data = batches[i % BATCHES]!.map((each) => each.slice());
    const startMs = performance.now();
    losses.push(await trainer.step(data, 1e-3));
    calls.push(performance.now() - startMs);
    inside.push(session.stats.lastRunMs);
  }
  const { user, system } = process.cpuUsage(cpu);
  // CPU time and not the clock's: on one thread the two are equal on a free machine, and others' work does not count.
  const cpuMs = (user + system) / 1000 / steps;
  isReached =
    printBar({ name: `${name}, a step, CPU of all threads`, value: cpuMs, unit: 'ms', ...(atMost ? { atMost } : {}) }) && isReached;
  printBar({ name: `${name}, a step, call to answer`, value: median(calls), unit: 'ms' });
  printBar({ name: `${name}, inside the runtime`, value: median(inside), unit: 'ms' });
  console.log(
    `${name}: ${graph.size} weights, graph of ${(graph.model.length / 1024).toFixed(0)} KiB, loss ${losses[0]!.toFixed(3)} -> ${losses.at(-1)!.toFixed(3)}`,
  );
  await session.close();
}
process.exitCode = isReached ? 0 : 1;
