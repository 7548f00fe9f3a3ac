import { buildServingGraph, buildTrainingGraph, createTrainer, initialWeights, startState } from '../../learning/index.ts';
import { BellwetherError, type Random } from '../../platform/index.ts';
import type { OpenSession } from '../detect/autoencoder.ts';
import type { FlowTable } from '../features/flow-table.ts';
import { fitScaler, type Scaler, scaleInto } from '../features/scaler.ts';
import { drawFlow } from '../picture/draw.ts';
import { BATCH_FLOWS, EMBEDDING_WIDTH, type Embedding, embed, GROUPS, inputShape, pairLoss, prototypeLoss } from './networks.ts';

const STEPS = 600;
const LEARNING_RATE = 0.002;
/** Benign flows to one port are a group; with fewer it says nothing. */
const LEAST_GROUP = 8;
/** Deviations. */
const INPUT_CAP = 5;
const SERVED = 256;

export interface EmbeddingTraining {
  readonly open: OpenSession;
  readonly random: Random;
  readonly effort?: number | undefined;
}

/** Flows as places: nearer = more alike. */
export interface FlowEmbedding {
  /** `EMBEDDING_WIDTH` numbers per flow of a table. */
  places(table: FlowTable): Promise<Float32Array>;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const writeInput = (kind: Embedding, scaler: Scaler, { matrix }: FlowTable, row: number, out: Float32Array, at: number): void => {
  const scaled = new Float64Array(matrix.width);
  scaleInto(scaler, matrix.data, row * matrix.width, scaled);
  const input =
    kind === 'picture'
      ? Float32Array.from(drawFlow(scaled), (shade) => shade / 127.5 - 1)
      : Float32Array.from(scaled, (x) => Math.min(INPUT_CAP, Math.max(-INPUT_CAP, x)));
  out.set(input, at);
};

const groupsOf = (table: FlowTable, rows: Int32Array): number[][] => {
  const groups = new Map<number, number[]>();
  for (const row of rows) {
    const { port } = table.conversations[row]!;
    const group = groups.get(port) ?? [];
    groups.set(port, group);
    group.push(row);
  }
  return [...groups.values()].filter((group) => group.length >= LEAST_GROUP);
};

/** Trains on groups of benign flows by service port: what makes flows alike is learnt where there are many, and holds for attacks that were never seen. */
export const trainEmbedding = async (
  { open, random, effort = 1 }: EmbeddingTraining,
  kind: Embedding,
  table: FlowTable,
  benign: Int32Array,
): Promise<FlowEmbedding> => {
  const groups = groupsOf(table, benign);
  if (groups.length < 2) throw new BellwetherError('invalid_input', 'benign flows go to one service alone: there is nothing to tell apart');
  const scaler = fitScaler(table.matrix, benign);
  const shape = inputShape(kind);
  const size = sizeOf(shape);
  const isPairs = kind !== 'prototype';
  const graph = buildTrainingGraph(
    `flow-${kind}`,
    [
      { name: 'x', shape: [BATCH_FLOWS, ...shape] },
      { name: 'target', shape: isPairs ? [BATCH_FLOWS / 2, 1] : [BATCH_FLOWS / 2, GROUPS] },
    ],
    (tape, [x, target]) => ({ loss: isPairs ? pairLoss(kind, tape, x!, target!) : prototypeLoss(tape, x!, target!) }),
  );
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

  const pairs = (): [rows: number[], target: Float32Array] => {
    const half = BATCH_FLOWS / 2;
    const rows = new Array<number>(BATCH_FLOWS);
    const target = new Float32Array(half);
    for (let i = 0; i < half; i++) {
      const group = pick(groups);
      const isSame = i % 2 === 0;
      let other = pick(groups);
      while (!isSame && other === group) other = pick(groups);
      rows[i] = pick(group);
      rows[half + i] = pick(isSame ? group : other);
      target[i] = isSame ? 1 : 0;
    }
    return [rows, target];
  };
  const episode = (): [rows: number[], target: Float32Array] => {
    const target = new Float32Array((BATCH_FLOWS / 2) * GROUPS);
    const left = [...groups];
    // With fewer groups than the step has places some come twice, and then share the target.
    const chosen = Array.from({ length: GROUPS }, () =>
      left.length > 0 ? left.splice(Math.floor(random() * left.length), 1)[0]! : pick(groups),
    );
    const per = BATCH_FLOWS / GROUPS;
    const rows = chosen.flatMap((group) => Array.from({ length: per }, () => pick(group)));
    for (let i = 0; i < BATCH_FLOWS / 2; i++) {
      const own = chosen[Math.floor(i / (per / 2))];
      const same = chosen.flatMap((group, k) => (group === own ? [k] : []));
      for (const k of same) target[i * GROUPS + k] = 1 / same.length;
    }
    return [rows, target];
  };

  const session = await open(graph.model);
  let weights: Float32Array;
  try {
    const trainer = createTrainer(session, graph, startState(initialWeights(graph.parameters, random)));
    const steps = Math.ceil(effort * STEPS);
    for (let step = 0; step < steps; step++) {
      const [rows, target] = isPairs ? pairs() : episode();
      const x = new Float32Array(BATCH_FLOWS * size);
      rows.forEach((row, i) => {
        writeInput(kind, scaler, table, row, x, i * size);
      });
      await trainer.step([x, target], (LEARNING_RATE * (1 + Math.cos((Math.PI * step) / steps))) / 2);
    }
    weights = trainer.state.weights;
  } finally {
    await session.close();
  }
  return {
    places: async (judged) => {
      const serving = await open(
        buildServingGraph(
          `flow-${kind}`,
          [{ name: 'x', shape: [SERVED, ...shape] }],
          (tape, [x]) => ({ places: embed(kind, tape, x!) }),
          weights,
        ),
      );
      try {
        const out = new Float32Array(judged.matrix.count * EMBEDDING_WIDTH);
        for (let from = 0; from < judged.matrix.count; from += SERVED) {
          const x = new Float32Array(SERVED * size);
          const count = Math.min(SERVED, judged.matrix.count - from);
          for (let i = 0; i < count; i++) writeInput(kind, scaler, judged, from + i, x, i * size);
          const { places } = await serving.run({ x: { dims: [SERVED, ...shape], data: x } });
          out.set(places!.data.subarray(0, count * EMBEDDING_WIDTH), from * EMBEDDING_WIDTH);
        }
        return out;
      } finally {
        await serving.close();
      }
    },
  };
};
