import { CONTEXT_WIDTH } from '../endpoint/context.ts';
import { conversationKey } from '../endpoint/service.ts';
import { type FlowTable, takeColumns } from '../features/flow-table.ts';
import { fitScaler } from '../features/scaler.ts';
import { SIZE_COLUMNS } from '../features/size-columns.ts';
import type { BenignModel, Gates, NoveltyModel, Surroundings } from '../model/flow-model.ts';
import { BENIGN, type FlowDetector, type Judgement, UNKNOWN } from './judgement.ts';
import { disagreement, distancesOf, fitPrototypes, nearestRow, type Prototypes } from './prototypes.ts';
import { quantileOf } from './quantile.ts';
import { reasonsOf } from './reasons.ts';
import { scoreByBlocks } from './time-blocks.ts';

/** A flow of which not even one size field disagrees is nothing to tell, however regular benign time was. */
const LEAST_THRESHOLD = 1;
/** Conversations that training saw count this much less. */
const SEEN_FACTOR = 1 / 1000;
const MAX_SURROUNDINGS = 20_000;

export interface BenignOptions {
  /** Share of benign flows of other time that must lie below the threshold. */
  readonly quantile: number;
}

/** Which flow it is, for looking up its surroundings. */
export const flowKey = (table: FlowTable, row: number): string =>
  `${conversationKey(table.conversations[row]!)} ${table.startsMs[row]!.toFixed(3)}`;

const surroundingsOf = (table: FlowTable): Surroundings => {
  const rows = table.families.flatMap((family, i) => (family === '' ? [] : [i])).slice(0, MAX_SURROUNDINGS);
  const contexts = new Float64Array(rows.length * CONTEXT_WIDTH);
  for (const [i, row] of rows.entries())
    contexts.set(table.contexts.subarray(row * CONTEXT_WIDTH, (row + 1) * CONTEXT_WIDTH), i * CONTEXT_WIDTH);
  return { keys: rows.map((row) => flowKey(table, row)), contexts };
};

const gatesOf = (distances: Float64Array): Gates => ({
  q90: quantileOf(distances, 0.9),
  q99: Math.max(LEAST_THRESHOLD, quantileOf(distances, 0.99)),
  q995: Math.max(LEAST_THRESHOLD, quantileOf(distances, 0.995)),
  q998: Math.max(LEAST_THRESHOLD, quantileOf(distances, 0.998)),
});

/** Recipe A on rows in order of time: prototypes of all of them, the threshold from blocks of time that judge each other. */
export const fitBenign = async (table: FlowTable, rows: Int32Array, { quantile }: BenignOptions): Promise<BenignModel> => {
  const sizes = takeColumns(table.matrix, SIZE_COLUMNS);
  const distances = await scoreByBlocks(rows, (fitted) => {
    const prototypes = fitPrototypes(sizes, fitted);
    return (judged) => distancesOf(prototypes, sizes, judged);
  });
  const contexts = { count: table.matrix.count, width: CONTEXT_WIDTH, data: table.contexts };
  return {
    kind: 'benign',
    quantile,
    prototypes: fitPrototypes(sizes, rows),
    threshold: Math.max(LEAST_THRESHOLD, quantileOf(distances, quantile)),
    gates: gatesOf(distances),
    contextScaler: fitScaler(contexts, rows),
    surroundings: surroundingsOf(table),
  };
};

/** Novelty times recipe A. Addresses and ports are only looked up, never compared as numbers. */
export const fitNovelty = async (table: FlowTable, rows: Int32Array, { quantile }: BenignOptions): Promise<NoveltyModel> => {
  const sizes = takeColumns(table.matrix, SIZE_COLUMNS);
  const keys = table.conversations.map(conversationKey);
  const scores = await scoreByBlocks(rows, (fitted) => {
    const prototypes = fitPrototypes(sizes, fitted);
    const seen = new Set(Array.from(fitted, (row) => keys[row]!));
    return (judged) =>
      distancesOf(prototypes, sizes, judged).map((distance, i) => (seen.has(keys[judged[i]!]!) ? SEEN_FACTOR : 1) * distance);
  });
  return {
    kind: 'novelty',
    quantile,
    prototypes: fitPrototypes(sizes, rows),
    threshold: Math.max(LEAST_THRESHOLD, quantileOf(scores, quantile)),
    seen: [...new Set(Array.from(rows, (row) => keys[row]!))].sort(),
  };
};

/** Turns the strict features of row `row` into deviations of the size features. */
export const sizePoint = ({ scaler }: Prototypes, { matrix }: FlowTable, row: number, out: Float64Array): void => {
  const offset = row * matrix.width;
  for (let k = 0; k < SIZE_COLUMNS.length; k++)
    out[k] = (matrix.data[offset + SIZE_COLUMNS[k]!]! - scaler.means[k]!) / scaler.deviations[k]!;
};

const judgement = (prototypes: Prototypes, table: FlowTable, row: number, index: number, score: number): Judgement => ({
  score,
  family: score >= 1 ? UNKNOWN : BENIGN,
  reasons: () => {
    const point = new Float64Array(SIZE_COLUMNS.length);
    sizePoint(prototypes, table, row, point);
    const shares = disagreement(prototypes.rows, index, point);
    return reasonsOf(shares, prototypes.scaler, point, (k) => prototypes.rows[index * point.length + k]!);
  },
});

export const createBenignDetector = ({ prototypes, threshold }: Pick<BenignModel, 'prototypes' | 'threshold'>): FlowDetector => ({
  judge: (table) => {
    const point = new Float64Array(SIZE_COLUMNS.length);
    return Array.from({ length: table.matrix.count }, (_, row) => {
      sizePoint(prototypes, table, row, point);
      const { distance, index } = nearestRow(prototypes.rows, prototypes.count, point);
      return judgement(prototypes, table, row, index, distance / threshold);
    });
  },
});

export const createNoveltyDetector = ({ prototypes, threshold, seen }: NoveltyModel): FlowDetector => {
  const known = new Set(seen);
  return {
    judge: (table) => {
      const point = new Float64Array(SIZE_COLUMNS.length);
      return Array.from({ length: table.matrix.count }, (_, row) => {
        sizePoint(prototypes, table, row, point);
        const { distance, index } = nearestRow(prototypes.rows, prototypes.count, point);
        const factor = known.has(conversationKey(table.conversations[row]!)) ? SEEN_FACTOR : 1;
        return judgement(prototypes, table, row, index, (factor * distance) / threshold);
      });
    },
  };
};
