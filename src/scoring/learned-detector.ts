import type { Contributor, Score } from '../conventions/index.ts';
import { absoluteBar } from './alarm-bar.ts';
import { type Detector, NO_MEMORY, type Part } from './detector.ts';
import { meanRate, RESIDUAL_LAGS, SLOT } from './metric-slots.ts';
import type { FrameAnalysis } from './streaming-baseline.ts';
import { BINS, learnSurprise, surpriseOf } from './surprise.ts';
import type { LearnedMode, WindowModel } from './window-model.ts';
import { metricSlot, type WorkloadState } from './workload-state.ts';

/** Slots: rows seen, mean and mean square of window entries, mean error, histogram mass. */
const ROWS = 0;
const MEAN = 1;
const SQUARE = 2;
const ERROR = 3;
const MASS = 4;
const SLOTS = 5;
const MEMORY_ROWS = 1000;
/** Errors seen before the model may speak of a workload. */
const LEAST_HISTORY = 60;
/** Over the absolute bar by this much: one more test per workload. */
const BAR_MARGIN = 0.2;

interface Row {
  readonly state: WorkloadState;
  readonly metric: number;
  readonly score: number;
}

/** What the learned detector did since the start. */
export interface LearnedStats {
  readonly detector: string;
  readonly mode: LearnedMode;
  readonly batches: number;
  readonly failures: number;
  /** Rows at or above the boundary, whether or not they lifted a score. */
  readonly anomalies: number;
  readonly lastRows: number;
  /** Models that took the place of the one before, and those that were refused; absent where the model is fixed. */
  readonly modelChanges?: { readonly accepted: number; readonly refused: number } | undefined;
}

export interface LearnedStage {
  /** The detector that reserves this stage's memory in every workload's buffer; it never speaks during scoring. */
  readonly detector: Detector;
  begin(): void;
  /** Remembers the frame just scored as row of the next batch. */
  gather(state: WorkloadState, analysis: FrameAnalysis, score: number): void;
  /** The scores of the last frames with the model's word in them. Never rejects: a model that fails leaves them as they are. */
  refine(scores: readonly Score[]): Promise<readonly Score[]>;
  readonly stats: LearnedStats;
}

const mostSurprising = (analysis: FrameAnalysis): number => {
  let best = -1;
  for (let m = 0; m < analysis.metrics; m++) {
    const u = analysis.surprise[m]!;
    if (!Number.isNaN(u) && (best < 0 || u > analysis.surprise[best]!)) best = m;
  }
  return best;
};

/** Runs one model over all workloads of a cycle; its errors become surprises in each workload's own past, as every other number does. */
export const createLearnedStage = (model: WindowModel, mode: Exclude<LearnedMode, 'off'>, position: number): LearnedStage => {
  let rows: Row[] = [];
  const stats = { detector: model.id, mode, batches: 0, failures: 0, anomalies: 0, lastRows: 0 };

  const at = (state: WorkloadState) => state.shape.memories[position]!;

  const fillRow = (row: Row, index: number, windows: Float32Array, level: Float32Array, scale: Float32Array): void => {
    const { state, metric } = row;
    const lags = metricSlot(state, metric) + SLOT.residualLags;
    const slots = at(state).doubles;
    const d = state.doubles;
    const length = model.windowLength;
    for (let i = 0; i < length; i++) windows[index * length + i] = d[lags + length - 1 - i]!;
    level[index] = d[slots + MEAN]!;
    scale[index] = Math.sqrt(Math.max(0, d[slots + SQUARE]! - d[slots + MEAN]! ** 2)) + 0.1;
    const newest = d[lags]!;
    const rate = meanRate(d[slots + ROWS]!, MEMORY_ROWS);
    d[slots + MEAN]! += rate * (newest - d[slots + MEAN]!);
    d[slots + SQUARE]! += rate * (newest * newest - d[slots + SQUARE]!);
    d[slots + ROWS]! += 1;
  };

  const judgeRow = ({ state, metric }: Row, error: number): Part | undefined => {
    if (!Number.isFinite(error)) return undefined;
    const { doubles, floats } = at(state);
    const d = state.doubles;
    const size = error / (d[doubles + ERROR]! + 0.05);
    const surprise = surpriseOf(state.floats, floats, d[doubles + MASS]!, size);
    const known = d[doubles + MASS]! >= LEAST_HISTORY;
    d[doubles + MASS] = learnSurprise(state.floats, floats, d[doubles + MASS]!, d[doubles + ROWS]!, size, 1);
    d[doubles + ERROR]! += meanRate(d[doubles + ROWS]! - 1, MEMORY_ROWS) * (error - d[doubles + ERROR]!);
    if (!known) return undefined;
    const name = state.metrics[metric]!.name;
    const contributor: Contributor = {
      metric: name,
      contribution: 1,
      observed: error,
      expected: d[doubles + ERROR]!,
      lower: 0,
      upper: error,
      unit: 'window error',
      detector: model.id,
    };
    return { detector: model.id, value: surprise / (absoluteBar(state.stepSeconds) + BAR_MARGIN), contributors: [contributor] };
  };

  return {
    detector: {
      id: model.id,
      memory: (layout) => (layout.features.length > 0 ? { doubles: SLOTS, floats: BINS } : NO_MEMORY),
      observe: () => undefined,
    },
    begin: () => {
      rows = [];
    },
    gather: (state, analysis, score) => {
      const metric = mostSurprising(analysis);
      if (metric >= 0) rows.push({ state, metric, score });
    },
    refine: async (scores) => {
      const batch = rows;
      rows = [];
      stats.lastRows = batch.length;
      if (batch.length === 0) return scores;
      const windows = new Float32Array(batch.length * model.windowLength);
      const level = new Float32Array(batch.length);
      const scale = new Float32Array(batch.length);
      for (const [i, row] of batch.entries()) fillRow(row, i, windows, level, scale);
      stats.batches += 1;
      const errors = await model.evaluate({ rows: batch.length, windows, level, scale }).catch(() => undefined);
      if (!errors || errors.length < batch.length) {
        stats.failures += 1;
        return scores;
      }
      const parts = new Map<number, Part>();
      for (const [i, row] of batch.entries()) {
        const part = judgeRow(row, errors[i]!);
        if (!part || part.value < 1) continue;
        stats.anomalies += 1;
        if (mode === 'on') parts.set(row.score, part);
      }
      return parts.size === 0 ? scores : scores.map((score, i) => liftScore(score, parts.get(i)));
    },
    stats,
  };
};

/** A score lifted by a late part, where that is larger. */
const liftScore = (score: Score, part: Part | undefined): Score =>
  part && score.ready && part.value > score.value
    ? { ...score, value: part.value, detector: part.detector, contributors: [...part.contributors, ...score.contributors].slice(0, 5) }
    : score;

/** Lags kept per metric: no model's window can be longer. */
export const LONGEST_WINDOW = RESIDUAL_LAGS;
