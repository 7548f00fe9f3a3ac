import {
  affine,
  buildTrainingGraph,
  createTrainer,
  filledWith,
  initialWeights,
  lecunNormal,
  type ModelSession,
  meanSquaredError,
  startState,
  type TrainingGraph,
  tanh,
  type Value,
} from '../../learning/index.ts';
import type { Random } from '../../platform/index.ts';
import { type FlowTable, takeColumns } from '../features/flow-table.ts';
import { fitScaler, type Matrix, type Scaler, scaleInto } from '../features/scaler.ts';
import { SIZE_COLUMNS } from '../features/size-columns.ts';
import { type CurvePoint, isCurvePoint, spread } from '../measure/training-curve.ts';
import type { AutoencoderModel, DenseNetwork } from '../model/flow-model.ts';
import { forward } from './dense-network.ts';
import { BENIGN, type FlowDetector, UNKNOWN } from './judgement.ts';
import { quantileOf } from './quantile.ts';
import { reasonsOf } from './reasons.ts';
import { scoreByBlocks, splitBlocks, TIME_BLOCKS } from './time-blocks.ts';

const WIDTHS = [SIZE_COLUMNS.length, 128, 16, 128, SIZE_COLUMNS.length];
const BATCH = 128;
const STEPS = 1500;
/** From the first step to the last it falls to zero along a cosine (Loshchilov and Hutter, 2017). */
const LEARNING_RATE = 0.003;
/** A field of a rare flow would else rule the loss. */
const INPUT_CAP = 5;
const FIELD_CAP = 1;

export type OpenSession = (model: Uint8Array) => Promise<Pick<ModelSession, 'run' | 'close'>>;

export interface AutoencoderDeps {
  readonly open: OpenSession;
  readonly random: Random;
  /** Share of the usual steps. */
  readonly effort?: number | undefined;
  /** Of the training that the last quarter of benign time judges. */
  readonly onCurve?: ((point: CurvePoint) => void) | undefined;
}

const buildGraph = (): TrainingGraph =>
  buildTrainingGraph('flow-autoencoder', [{ name: 'x', shape: [BATCH, WIDTHS[0]!] }], (tape, [x]) => {
    let layer: Value = x!;
    for (let i = 1; i < WIDTHS.length; i++) {
      const weights = tape.parameter(`w${i}`, [WIDTHS[i - 1]!, WIDTHS[i]!], lecunNormal);
      layer = affine(tape, layer, weights, tape.parameter(`b${i}`, [WIDTHS[i]!], filledWith(0)));
      if (i < WIDTHS.length - 1) layer = tanh(tape, layer);
    }
    return { loss: meanSquaredError(tape, layer, x!) };
  });

const cappedRow = (scaler: Scaler, { width, data }: Matrix, row: number, out: Float64Array | Float32Array, at = 0): void => {
  scaleInto(scaler, data, row * width, out, at);
  for (let k = at; k < at + width; k++) out[k] = Math.min(INPUT_CAP, Math.max(-INPUT_CAP, out[k]!));
};

/** How many fields come back wrong: sum of min(|difference|, 1). */
const errorOf = (network: DenseNetwork, point: Float64Array): Float64Array => {
  const back = forward(network, point);
  return point.map((x, k) => Math.min(Math.abs(x - back[k]!), FIELD_CAP));
};
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** A small autoencoder of benign flows, 27-128-16-128-27, with the capped error as its score. */
export const fitAutoencoder = async (
  { open, random, effort = 1, onCurve }: AutoencoderDeps,
  table: FlowTable,
  rows: Int32Array,
  options: { readonly quantile: number },
): Promise<AutoencoderModel> => {
  const sizes = takeColumns(table.matrix, SIZE_COLUMNS);
  const steps = Math.ceil(effort * STEPS);
  const graph = buildGraph();
  const session = await open(graph.model);
  const train = async (fitted: Int32Array, unseen?: Int32Array): Promise<{ readonly scaler: Scaler; readonly network: DenseNetwork }> => {
    const scaler = fitScaler(sizes, fitted);
    const trainer = createTrainer(session, graph, startState(initialWeights(graph.parameters, random)));
    const lossOf = async (some: Int32Array): Promise<number> => {
      const batch = new Float32Array(BATCH * sizes.width);
      spread(some, BATCH).forEach((row, i) => {
        cappedRow(scaler, sizes, row, batch, i * sizes.width);
      });
      return (await trainer.evaluate([batch])).loss;
    };
    const drawCurve = async (step: number): Promise<void> => {
      if (onCurve && unseen && isCurvePoint(step, steps)) onCurve({ step, train: await lossOf(fitted), unseen: await lossOf(unseen) });
    };
    for (let step = 0; step < steps; step++) {
      await drawCurve(step);
      const batch = new Float32Array(BATCH * sizes.width);
      for (let i = 0; i < BATCH; i++) cappedRow(scaler, sizes, fitted[Math.floor(random() * fitted.length)]!, batch, i * sizes.width);
      await trainer.step([batch], (LEARNING_RATE * (1 + Math.cos((Math.PI * step) / steps))) / 2);
    }
    await drawCurve(steps);
    return { scaler, network: { widths: WIDTHS, weights: trainer.state.weights } };
  };
  const latest = splitBlocks(rows, TIME_BLOCKS).at(-1)!;
  const point = new Float64Array(sizes.width);
  const scores = await scoreByBlocks(rows, async (fitted) => {
    const isEarlier = fitted.length > 0 && fitted.at(-1) !== rows.at(-1);
    const { scaler, network } = await train(fitted, isEarlier ? latest : undefined);
    return (judged) =>
      Float64Array.from(judged, (row) => {
        cappedRow(scaler, sizes, row, point);
        return sum(errorOf(network, point));
      });
  }).catch(async (error: unknown) => {
    await session.close();
    throw error;
  });
  const fitted = await train(rows).finally(() => session.close());
  return {
    kind: 'autoencoder',
    quantile: options.quantile,
    ...fitted,
    threshold: Math.max(FIELD_CAP, quantileOf(scores, options.quantile)),
  };
};

export const createAutoencoderDetector = ({ scaler, network, threshold }: AutoencoderModel): FlowDetector => ({
  judge: (table) => {
    const sizes = takeColumns(table.matrix, SIZE_COLUMNS);
    return Array.from({ length: sizes.count }, (_, row) => {
      const point = new Float64Array(sizes.width);
      cappedRow(scaler, sizes, row, point);
      const errors = errorOf(network, point);
      const score = sum(errors) / threshold;
      return {
        score,
        family: score >= 1 ? UNKNOWN : BENIGN,
        reasons: () => {
          const back = forward(network, point);
          return reasonsOf(errors, scaler, point, (k) => back[k]!);
        },
      };
    });
  },
});
