import {
  buildServingGraph,
  buildTrainingGraph,
  createTrainer,
  initialWeights,
  softmaxCrossEntropy,
  startState,
} from '../../learning/index.ts';
import { BellwetherError, type Random } from '../../platform/index.ts';
import type { OpenSession } from '../detect/autoencoder.ts';
import { fitScaler, type Scaler, scaleInto } from '../features/scaler.ts';
import { type CurvePoint, isCurvePoint, spread } from '../measure/training-curve.ts';
import { STEP_WIDTH, WINDOW_LENGTH } from './endpoint-windows.ts';
import { type SequenceNetwork, sequenceLogits } from './networks.ts';

const BATCH = 64;
const STEPS = 2400;
const LEARNING_RATE = 0.003;
/** A field far out would else rule the step. */
const INPUT_CAP = 4;
/** Windows judged in one run of a session. */
const SERVED = 256;
const WINDOW_SIZE = WINDOW_LENGTH * STEP_WIDTH;

/** A window with its class: 0 = benign. */
export interface LabelledWindow {
  readonly data: Float32Array;
  readonly label: number;
}

export interface TrainedSequence {
  readonly scaler: Scaler;
  readonly weights: Float32Array;
}

export interface SequenceTraining {
  readonly open: OpenSession;
  readonly random: Random;
  /** Share of the usual steps. */
  readonly effort?: number | undefined;
  readonly onCurve?: ((point: CurvePoint) => void) | undefined;
}

/** A window in deviations of benign steps, capped. */
export const scaleWindow = (scaler: Scaler, window: Float32Array, out: Float32Array, at = 0): void => {
  for (let step = 0; step < WINDOW_LENGTH; step++) scaleInto(scaler, window, step * STEP_WIDTH, out, at + step * STEP_WIDTH);
  for (let i = at; i < at + WINDOW_SIZE; i++) out[i] = Math.min(INPUT_CAP, Math.max(-INPUT_CAP, out[i]!));
};

const scalerOf = (windows: readonly LabelledWindow[]): Scaler => {
  const benign = windows.filter(({ label }) => label === 0);
  const data = new Float32Array(benign.length * WINDOW_SIZE);
  for (const [i, window] of benign.entries()) data.set(window.data, i * WINDOW_SIZE);
  const count = benign.length * WINDOW_LENGTH;
  return fitScaler(
    { count, width: STEP_WIDTH, data },
    Array.from({ length: count }, (_, i) => i),
  );
};

/** Trains a network; half of each batch is benign, the other half holds the families in equal parts. Throws `invalid_input` where a class has no windows. */
export const trainSequence = async (
  { open, random, effort = 1, onCurve }: SequenceTraining,
  network: SequenceNetwork,
  windows: readonly LabelledWindow[],
  classes: number,
  /** Benign windows of later time, for the curve alone. */
  unseen: readonly Float32Array[] = [],
): Promise<TrainedSequence> => {
  const byClass = Array.from({ length: classes }, (_, label) => windows.filter((window) => window.label === label));
  if (byClass.some((group) => group.length === 0))
    throw new BellwetherError('invalid_input', 'a class has no whole window of flows to one service');
  const scaler = scalerOf(windows);
  const graph = buildTrainingGraph(
    network,
    [
      { name: 'x', shape: [BATCH, WINDOW_LENGTH, STEP_WIDTH] },
      { name: 'target', shape: [BATCH, classes] },
    ],
    (tape, [x, target]) => ({ loss: softmaxCrossEntropy(tape, sequenceLogits(network, tape, x!, classes), target!) }),
  );
  const session = await open(graph.model);
  try {
    const trainer = createTrainer(session, graph, startState(initialWeights(graph.parameters, random)));
    const steps = Math.ceil(effort * STEPS);
    const lossOf = async (some: readonly Float32Array[]): Promise<number> => {
      const x = new Float32Array(BATCH * WINDOW_SIZE);
      const target = new Float32Array(BATCH * classes);
      spread(some, BATCH).forEach((data, i) => {
        scaleWindow(scaler, data, x, i * WINDOW_SIZE);
        target[i * classes] = 1;
      });
      return (await trainer.evaluate([x, target])).loss;
    };
    const seen = byClass[0]!.map(({ data }) => data);
    const drawCurve = async (step: number): Promise<void> => {
      if (onCurve && unseen.length > 0 && isCurvePoint(step, steps))
        onCurve({ step, train: await lossOf(seen), unseen: await lossOf(unseen) });
    };
    for (let step = 0; step < steps; step++) {
      await drawCurve(step);
      const x = new Float32Array(BATCH * WINDOW_SIZE);
      const target = new Float32Array(BATCH * classes);
      for (let i = 0; i < BATCH; i++) {
        const label = i % 2 === 0 ? 0 : 1 + Math.floor(random() * (classes - 1));
        const group = byClass[label]!;
        scaleWindow(scaler, group[Math.floor(random() * group.length)]!.data, x, i * WINDOW_SIZE);
        target[i * classes + label] = 1;
      }
      await trainer.step([x, target], (LEARNING_RATE * (1 + Math.cos((Math.PI * step) / steps))) / 2);
    }
    await drawCurve(steps);
    return { scaler, weights: trainer.state.weights };
  } finally {
    await session.close();
  }
};

/** Log odds of "some attack" against benign, from logits. */
export const attackLogit = (logits: ArrayLike<number>): number => {
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 1; k < logits.length; k++) most = Math.max(most, logits[k]!);
  let sum = 0;
  for (let k = 1; k < logits.length; k++) sum += Math.exp(logits[k]! - most);
  return most + Math.log(sum) - logits[0]!;
};

/** Log odds of attack of windows, by the runtime: for networks that have no form in numbers, and to compare. */
export const judgeWindows = async (
  open: OpenSession,
  network: SequenceNetwork,
  { scaler, weights }: TrainedSequence,
  windows: readonly Float32Array[],
  classes: number,
): Promise<Float64Array> => {
  const model = buildServingGraph(
    network,
    [{ name: 'x', shape: [SERVED, WINDOW_LENGTH, STEP_WIDTH] }],
    (tape, [x]) => ({ logits: sequenceLogits(network, tape, x!, classes) }),
    weights,
  );
  const session = await open(model);
  try {
    const out = new Float64Array(windows.length);
    for (let from = 0; from < windows.length; from += SERVED) {
      const x = new Float32Array(SERVED * WINDOW_SIZE);
      const count = Math.min(SERVED, windows.length - from);
      for (let i = 0; i < count; i++) scaleWindow(scaler, windows[from + i]!, x, i * WINDOW_SIZE);
      const { logits } = await session.run({ x: { dims: [SERVED, WINDOW_LENGTH, STEP_WIDTH], data: x } });
      for (let i = 0; i < count; i++) out[from + i] = attackLogit(logits!.data.subarray(i * classes, (i + 1) * classes));
    }
    return out;
  } finally {
    await session.close();
  }
};
