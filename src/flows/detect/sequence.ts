import { BellwetherError } from '../../platform/index.ts';
import { STRICT_FEATURES } from '../features/catalogue.ts';
import { type FlowTable, takeRows } from '../features/flow-table.ts';
import type { SequenceModel } from '../model/flow-model.ts';
import { forwardCLstm } from '../sequence/c-lstm-forward.ts';
import { createEndpointWindows, STEP_WIDTH, WINDOW_LENGTH } from '../sequence/endpoint-windows.ts';
import { type JudgedWindow, twiceInARow, windowsOf } from '../sequence/label-windows.ts';
import { attackLogit, type LabelledWindow, type SequenceTraining, scaleWindow, trainSequence } from '../sequence/train-sequence.ts';
import { BENIGN, type FlowDetector, type FlowReason, type Judgement } from './judgement.ts';
import { quantileOf } from './quantile.ts';
import { plainValue } from './reasons.ts';

/** A window is of an attack where half of its flows are; with fewer, it is no example of anything. */
const LEAST_SHARE = 0.5;
/** Of benign time, and never used in fitting: its last part sets the threshold. */
const HELD_OUT = 0.25;
const QUANTILE = 0.999;
/** Even odds: below, the network itself says benign. */
const LEAST_LOGIT = 0;
/** Endpoints whose last judgement is remembered. */
const MAX_ENDPOINTS = 10_000;

const DURATION = STRICT_FEATURES.findIndex(({ name }) => name === 'Flow Duration');

const inOrderOfEnd = (table: FlowTable): FlowTable => {
  const endMs = (row: number): number => table.startsMs[row]! + Math.expm1(table.matrix.data[row * table.matrix.width + DURATION]!) / 1000;
  const ends = Float64Array.from({ length: table.matrix.count }, (_, row) => endMs(row));
  return takeRows(
    table,
    Array.from(ends.keys()).sort((a, b) => ends[a]! - ends[b]! || a - b),
  );
};

/** What a window teaches; nothing where it is mixed. */
export const labelWindow = ({ data, family, attackShare }: JudgedWindow, families: readonly string[]): LabelledWindow[] => {
  if (attackShare > 0 && attackShare < LEAST_SHARE) return [];
  return [{ data, label: attackShare === 0 ? 0 : 1 + families.indexOf(family) }];
};

export const logitsOf = (
  { scaler, weights, families }: Pick<SequenceModel, 'scaler' | 'weights' | 'families'>,
  data: Float32Array,
): Float64Array => {
  const scaled = new Float32Array(data.length);
  scaleWindow(scaler, data, scaled);
  return forwardCLstm(weights, scaled, 1 + families.length);
};

/** A C-LSTM over windows of flows to one service, from labelled flows. Throws `invalid_input` where no family fills a window. */
export const fitSequence = async (deps: SequenceTraining, table: FlowTable): Promise<SequenceModel> => {
  const windows = windowsOf(inOrderOfEnd(table));
  const families = [...new Set(windows.flatMap(({ family, attackShare }) => (attackShare >= LEAST_SHARE ? [family] : [])))].sort();
  if (families.length === 0)
    throw new BellwetherError(
      'invalid_input',
      `no attack fills a window of ${WINDOW_LENGTH} flows to one service: there is nothing to learn`,
    );
  const benign = windows.filter(({ attackShare }) => attackShare === 0);
  const held = new Set(benign.slice(Math.floor((1 - HELD_OUT) * benign.length)));
  const examples = windows.filter((window) => !held.has(window)).flatMap((window) => labelWindow(window, families));
  const trained = await trainSequence(
    deps,
    'c-lstm',
    examples,
    1 + families.length,
    [...held].map(({ data }) => data),
  );
  const logits = benign.map((window) =>
    held.has(window) ? attackLogit(logitsOf({ ...trained, families }, window.data)) : Number.NEGATIVE_INFINITY,
  );
  const scores = twiceInARow(benign, logits).filter((score) => Number.isFinite(score));
  return {
    kind: 'sequence',
    families,
    ...trained,
    threshold: Math.max(LEAST_LOGIT, scores.length > 0 ? quantileOf(scores, QUANTILE) : 0),
  };
};

/** Fields in which a window as a whole differs most from benign ones. */
const reasonsOf = ({ scaler }: SequenceModel, data: Float32Array): FlowReason[] => {
  const means = STRICT_FEATURES.map((_, k) => {
    let sum = 0;
    for (let step = 0; step < WINDOW_LENGTH; step++) sum += data[step * STEP_WIDTH + k]!;
    return sum / WINDOW_LENGTH;
  });
  const away = means.map((mean, k) => Math.min(4, Math.abs(mean - scaler.means[k]!) / scaler.deviations[k]!));
  const total = away.reduce((sum, each) => sum + each, 0);
  return away
    .map((share, k) => ({
      column: STRICT_FEATURES[k]!.name,
      observed: plainValue(means[k]!),
      expected: plainValue(scaler.means[k]!),
      share: share / total,
    }))
    .sort((a, b) => b.share - a.share)
    .slice(0, 3);
};

const QUIET: Judgement = { score: 0, family: BENIGN, reasons: () => [] };

interface Remembered {
  readonly judgement: Judgement;
  readonly logit: number;
}

/** A flow is judged by the last two whole windows of its service, the last of which it may complete itself: the first flows of a service score 0. */
export const createSequenceDetector = (model: SequenceModel): FlowDetector => {
  const windows = createEndpointWindows();
  const last = new Map<string, Remembered>();
  const judge = (data: Float32Array, before: number): Remembered => {
    const logits = logitsOf(model, data);
    const logit = attackLogit(logits);
    // Twice the odds against the threshold as a share: 1 at the threshold, at most 2.
    const score = 2 / (1 + Math.exp(model.threshold - Math.min(before, logit)));
    const best = logits.reduce((most, logit, k) => (k > 0 && logit > logits[most]! ? k : most), 1);
    const family = score >= 1 ? model.families[best - 1]! : BENIGN;
    return { judgement: { score, family, reasons: () => (score >= 1 ? reasonsOf(model, data) : []) }, logit };
  };
  return {
    judge: (table) =>
      table.conversations.map(({ service }, row) => {
        const window = windows.add(table, row);
        if (window) {
          if (last.size >= MAX_ENDPOINTS && !last.has(service)) last.delete(last.keys().next().value!);
          last.set(service, judge(window.data, last.get(service)?.logit ?? Number.NEGATIVE_INFINITY));
        }
        return last.get(service)?.judgement ?? QUIET;
      }),
  };
};
