import type { Contributor, Score } from '../../conventions/index.ts';
import { ENCODER, type WindowEncoder } from '../../learning/index.ts';
import { noteAlarm } from '../afterglow.ts';
import type { DetectorInput } from '../detector.ts';
import type { LearnedStage } from '../learned-detector.ts';
import { maturityOf, OWN_PAST_FLOATS, OWN_PAST_SLOTS, observeOwnPast } from '../own-past.ts';
import type { FrameAnalysis } from '../streaming-baseline.ts';
import type { LearnedMode } from '../window-model.ts';
import { scoredColumns, type WorkloadState } from '../workload-state.ts';
import { AGREEMENT_SLOTS, agree } from './agreement.ts';
import { bankDistance, bankFloats, keepEmbedding, rowToKeep } from './embedding-bank.ts';
import { fillWindow, observeScale, SCALE, SCALE_SLOTS } from './scaled-metric.ts';

/** Embeddings of a metric's own past. Memory: 20 bytes each. */
const BANK_ROWS = 128;
/** Rows of the bank, and samples of a metric, before its distance counts. */
const LEAST_ROWS = 20;
/** Metrics whose distances make up the workload's. */
const TOP = 3;
/** Windows like an alarm are never admitted. */
const ADMITTED_BELOW = 0.8;
const USUAL_MEMORY = 5000;
/** A usual distance below this is that of a metric that never changes. */
const LEAST_USUAL = 0.05;
/** After a rollout or scale-out, whose marks they are, unlike windows count this share. */
const DAMPING = 0.5;
const MOST_CONTRIBUTORS = 5;

const RING = ENCODER.windowLength + 1;
const WINDOW = ENCODER.channels * ENCODER.windowLength;
/** Windows for which there is room from the start; it doubles when needed. */
const FIRST_BATCH = 64;
/** Of one metric: its scale, then the usual distance, how many distances there were, and embeddings offered. */
const METRIC = { usual: SCALE_SLOTS, told: SCALE_SLOTS + 1, offered: SCALE_SLOTS + 2 } as const;
const METRIC_SLOTS = SCALE_SLOTS + 3;
const METRIC_FLOATS = RING + bankFloats(BANK_ROWS);
/** Of the workload, after those of its metrics; the last one tells which model made the embeddings. */
const WORKLOAD_SLOTS = OWN_PAST_SLOTS + AGREEMENT_SLOTS + 1;
const MODEL_SLOT = WORKLOAD_SLOTS - 1;

/** A version as a number that is never 0 (FNV-1a, 32 bits). */
const numberOf = (version: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < version.length; i++) hash = Math.imul(hash ^ version.charCodeAt(i), 0x01000193) >>> 0;
  return hash + 1;
};

interface Row {
  readonly state: WorkloadState;
  readonly seconds: number;
  /** Place of its score. */
  readonly index: number;
  /** Metrics with a window in the batch, in its order. */
  readonly metrics: readonly number[];
  /** How much each one's distance counts: score and encoder must find the same metrics odd. */
  readonly weights: readonly number[];
}

interface Finding {
  readonly value: number;
  readonly contributors: readonly Contributor[];
}

/** A metric that the score finds this surprising (one in a hundred of its own samples) counts in full. */
const FULLY_SURPRISING = 2;

/** A workload of one metric has nothing to agree about. */
const weightOf = (analysis: FrameAnalysis, metric: number): number => {
  const surprise = analysis.surprise[metric]!;
  return analysis.metrics < 2 ? 1 : Number.isFinite(surprise) ? Math.min(1, Math.max(0, surprise) / FULLY_SURPRISING) : 0;
};

/** Lets a trained encoder and a bank of each metric's own past (the idea of PaAno, ICLR 2026) join the score; all it knows of a workload lies in the workload's buffer. */
export const createEncoderStage = (
  encoder: WindowEncoder,
  mode: Exclude<LearnedMode, 'off'>,
  position: number,
  mostContributors = MOST_CONTRIBUTORS,
): LearnedStage => {
  const stats = { detector: ENCODER.id, mode, batches: 0, failures: 0, anomalies: 0, lastRows: 0, modelChanges: encoder.changes };
  let rows: Row[] = [];
  let windows = new Float32Array(FIRST_BATCH * WINDOW);
  let count = 0;
  let pending: number | undefined;

  /** Scales all metrics of a frame and puts their windows into the batch. */
  const observe = ({ state, seconds, analysis, doublesAt, floatsAt }: DetectorInput): undefined => {
    const index = pending;
    pending = undefined;
    const { doubles: d, floats: f } = state;
    const metrics: number[] = [];
    const weights: number[] = [];
    for (const [m, { floor }] of state.metrics.entries()) {
      const at = doublesAt + m * METRIC_SLOTS;
      const ring = floatsAt + m * METRIC_FLOATS;
      const x = analysis.values[m]!;
      f.copyWithin(ring, ring + 1, ring + RING);
      f[ring + RING - 1] = observeScale(d, at, x, floor);
      if (index === undefined || !Number.isFinite(x) || d[at + SCALE.seen]! <= LEAST_ROWS) continue;
      if ((count + 1) * WINDOW > windows.length) {
        const larger = new Float32Array(2 * windows.length);
        larger.set(windows);
        windows = larger;
      }
      fillWindow(f, ring, d[at + SCALE.ratio]!, windows, count * WINDOW);
      count++;
      metrics.push(m);
      weights.push(weightOf(analysis, m));
    }
    if (index !== undefined) rows.push({ state, seconds, index, metrics, weights });
    return undefined;
  };

  /** Distances of a row's windows over their usual ones; the metrics then learn them. */
  const relativeDistances = (
    { state, metrics, weights }: Row,
    embeddings: Float32Array,
    first: number,
  ): { metric: number; relative: number }[] => {
    const { doubles, floats } = state.shape.memories[position]!;
    return metrics.flatMap((metric, i) => {
      const at = doubles + metric * METRIC_SLOTS;
      const d = state.doubles;
      const kept = Math.min(d[at + METRIC.offered]!, BANK_ROWS);
      if (kept < LEAST_ROWS) return [];
      const bank = floats + metric * METRIC_FLOATS + RING;
      const distance = bankDistance(state.floats, bank, BANK_ROWS, kept, embeddings, (first + i) * ENCODER.width);
      if (!Number.isFinite(distance)) return [];
      const usual = d[at + METRIC.usual]!;
      const told = d[at + METRIC.told]! + 1;
      d[at + METRIC.told] = told;
      d[at + METRIC.usual] = usual + Math.max(1 / told, 1 / USUAL_MEMORY) * (Math.min(distance, 5 * usual + LEAST_USUAL) - usual);
      return [{ metric, relative: told <= LEAST_ROWS ? 0 : (weights[i]! * distance) / (usual + LEAST_USUAL) }];
    });
  };

  const admit = ({ state, metrics }: Row, embeddings: Float32Array, first: number): void => {
    const { doubles, floats } = state.shape.memories[position]!;
    for (const [i, metric] of metrics.entries()) {
      const at = doubles + metric * METRIC_SLOTS + METRIC.offered;
      const row = rowToKeep(state.doubles[at]!, BANK_ROWS, metric);
      state.doubles[at]! += 1;
      if (row < 0) continue;
      const bank = floats + metric * METRIC_FLOATS + RING;
      keepEmbedding(state.floats, bank, BANK_ROWS, row, embeddings, (first + i) * ENCODER.width);
    }
  };

  const contributorsOf = ({ state }: Row, parts: readonly { metric: number; relative: number }[]): Contributor[] => {
    const top = parts.toSorted((a, b) => b.relative - a.relative).slice(0, TOP);
    const sum = top.reduce((total, { relative }) => total + relative, 0);
    return top.map(({ metric, relative }) => ({
      metric: state.metrics[metric]!.name,
      contribution: sum > 0 ? relative / sum : 0,
      observed: relative,
      expected: 1,
      lower: 0,
      upper: relative,
      unit: 'usual distances',
      detector: ENCODER.id,
    }));
  };

  /** Embeddings of two models cannot be compared: with another model the banks, and all that was learned of distances, begin anew. */
  const forgetOtherModel = (state: WorkloadState, version: string): void => {
    const { doubles, floats } = state.shape.memories[position]!;
    const d = state.doubles;
    const workload = doubles + state.metrics.length * METRIC_SLOTS;
    const histogram = floats + state.metrics.length * METRIC_FLOATS;
    const model = numberOf(version);
    if (d[workload + MODEL_SLOT] === model) return;
    d.fill(0, workload, workload + WORKLOAD_SLOTS);
    state.floats.fill(0, histogram, histogram + OWN_PAST_FLOATS);
    for (let m = 0; m < state.metrics.length; m++) d.fill(0, doubles + m * METRIC_SLOTS + METRIC.usual, doubles + (m + 1) * METRIC_SLOTS);
    d[workload + MODEL_SLOT] = model;
  };

  /** What the encoder says of a row, 1 = its boundary; NaN while it knows too little. */
  const judgeRow = (row: Row, embeddings: Float32Array, first: number, version: string): Finding => {
    const { state } = row;
    const { doubles, floats } = state.shape.memories[position]!;
    forgetOtherModel(state, version);
    const parts = relativeDistances(row, embeddings, first);
    const top = parts
      .map(({ relative }) => relative)
      .sort((a, b) => b - a)
      .slice(0, TOP);
    const size = top.length === 0 ? Number.NaN : top.reduce((sum, relative) => sum + relative, 0) / top.length;
    const place = {
      doubles: state.doubles,
      doublesAt: doubles + state.metrics.length * METRIC_SLOTS,
      floats: state.floats,
      floatsAt: floats + state.metrics.length * METRIC_FLOATS,
    };
    const value = observeOwnPast(place, row.seconds, state.stepSeconds, size);
    if (!(value >= ADMITTED_BELOW)) admit(row, embeddings, first);
    return { value: value * maturityOf(place), contributors: value >= ADMITTED_BELOW ? contributorsOf(row, parts) : [] };
  };

  const join = (score: Score, { state, seconds }: Row, { value, contributors }: Finding): Score => {
    if (!score.ready) return score;
    const at = state.shape.memories[position]!.doubles + state.metrics.length * METRIC_SLOTS + OWN_PAST_SLOTS;
    const joint = agree(state.doubles, at, state.stepSeconds, score.value, score.margin, score.damped ? DAMPING * value : value);
    const isNew = joint >= 1 && score.value < 1;
    if (isNew) stats.anomalies += 1;
    if (mode !== 'on') return score;
    if (!isNew) return { ...score, value: joint };
    noteAlarm(state, seconds);
    const others = contributors.filter(({ metric }) => !score.contributors.some((known) => known.metric === metric));
    return {
      ...score,
      value: joint,
      margin: Math.max(score.margin, joint),
      detector: ENCODER.id,
      contributors: [...score.contributors, ...others].slice(0, mostContributors),
    };
  };

  return {
    detector: {
      id: ENCODER.id,
      memory: (layout) => {
        const metrics = scoredColumns(layout).metrics.length;
        return { doubles: metrics * METRIC_SLOTS + WORKLOAD_SLOTS, floats: metrics * METRIC_FLOATS + OWN_PAST_FLOATS };
      },
      observe,
    },
    begin: () => {
      rows = [];
      count = 0;
      pending = undefined;
    },
    gather: (_state, _analysis, index) => {
      pending = index;
    },
    refine: async (scores) => {
      const batch = rows;
      const size = count;
      rows = [];
      count = 0;
      stats.lastRows = size;
      if (size === 0) return scores;
      stats.batches += 1;
      // Of the model that is asked now; another may be at work when the answer comes.
      const { version } = encoder;
      // A copy: the session takes it over, and the array here is filled again at the next frames.
      const embeddings = await encoder.embed(size, windows.slice(0, size * WINDOW)).catch(() => undefined);
      if (!embeddings) {
        stats.failures += 1;
        return scores;
      }
      const joined = [...scores];
      let first = 0;
      for (const row of batch) {
        const score = joined[row.index];
        if (score) joined[row.index] = join(score, row, judgeRow(row, embeddings, first, version));
        first += row.metrics.length;
      }
      return joined;
    },
    stats,
  };
};
