import { ALERT_BOUNDARY, type Score, type WorkloadFrame, type WorkloadKey, workloadId } from '../../conventions/index.ts';
import type { Scorer } from '../../scoring/index.ts';
import { createExplainedScores } from './explained-scores.ts';
import { createScoreHistory, type HistoryPoint, type ScoreHistory, type ValueSeries, type WorkloadHistory } from './score-history.ts';

/** What is known of one workload. */
export interface BoardEntry {
  readonly id: string;
  readonly key: WorkloadKey;
  /** The newest score, ready or not. */
  readonly score: Score;
  /** Unix ms of the newest frame. */
  readonly newestMs: number;
  /** Pods in the newest frame. */
  readonly replicas: number;
  /** The workload has given no data for longer than the limit: neither exposed nor listed, kept for questions about its past. */
  readonly gone: boolean;
}

interface MutableEntry {
  readonly id: string;
  readonly key: WorkloadKey;
  score: Score;
  newestMs: number;
  replicas: number;
  gone: boolean;
  /** Usual distance of two frames, milliseconds; 0 before the second. */
  stepMs: number;
  history: WorkloadHistory;
}

export interface BoardLimits {
  /** Workloads scored and exposed; those that come later than the limit are left out until there is room. */
  readonly maxWorkloads: number;
  /** A workload without data for longer than this is gone. */
  readonly goneAfterMs: number;
  /** A workload gone for longer than this loses its learned state. */
  readonly forgetAfterMs: number;
}

export interface BoardOptions {
  readonly historySlots: number;
  readonly valueSlots: number;
  readonly maxHistoryBytes: number;
  readonly maxExplainedScores: number;
  /** Read at each use: limits may change while running. */
  readonly limits: () => BoardLimits;
}

/** Counts over what is exposed. */
export interface BoardCounts {
  readonly expected: number;
  readonly scored: number;
  readonly anomalous: number;
}

/** The newest score of every workload and its recent past. Filled by the loop, read by the exposition, the API and the page. */
export interface ScoreBoard {
  /** The frames of workloads there is room for, and the number of workloads there was none for. */
  admit(frames: readonly WorkloadFrame[]): { readonly frames: readonly WorkloadFrame[]; readonly capped: number };
  /** Takes the scores of frames in, in the frames' order. Frames older than what is known are ignored. */
  record(frames: readonly WorkloadFrame[], scores: readonly Score[]): void;
  /** Puts the newest scores of an earlier run on the empty board: the alert rule looks back on them. */
  restore(
    workloads: readonly { readonly key: WorkloadKey; readonly recent: readonly (readonly [timeMs: number, score: number])[] }[],
    modelVersion: string,
  ): void;
  /** Ends what has no data any more, measured against the time up to which data were read. */
  sweep(dataMs: number): { readonly vanished: readonly WorkloadKey[]; readonly forgotten: readonly WorkloadKey[] };
  /** After the clock was set back: what is known lies in the future, so the past begins anew. Learned states stay. */
  clearHistory(nowMs: number): void;
  get(id: string): BoardEntry | undefined;
  /** Every workload that is not gone, in order of first sight. */
  entries(): readonly BoardEntry[];
  counts(): BoardCounts;
  points(id: string, fromMs: number, toMs: number): readonly HistoryPoint[];
  /** Highest score of the past from `fromMs` on; NaN where there is none. */
  peakSince(id: string, fromMs: number): number;
  values(id: string, fromMs: number, toMs: number): readonly ValueSeries[];
  /** Scores of the past that carry contributors, in rising time. */
  explained(id: string): readonly Score[];
  /** Rises with every change. */
  readonly version: number;
  readonly historyBytes: number;
  readonly oldestMs: number | undefined;
}

/** A longer silence between two frames says nothing about how often a workload is scraped. */
const LONGEST_STEP_MS = 3_600_000;

export const createScoreBoard = (scorer: Pick<Scorer, 'forget'>, options: BoardOptions): ScoreBoard => {
  const byId = new Map<string, MutableEntry>();
  // In order of going: the first has been gone the longest.
  const gone = new Set<MutableEntry>();
  /** Newcomers that were admitted and whose first score is being worked out. */
  const newcomers = new Set<string>();
  const explained = createExplainedScores(options.maxExplainedScores);
  const freshHistory = (): ScoreHistory =>
    createScoreHistory({ scoreSlots: options.historySlots, valueSlots: options.valueSlots, maxBytes: options.maxHistoryBytes });
  let history = freshHistory();
  let version = 0;
  let newestInstantMs = Number.NEGATIVE_INFINITY;

  const forget = (entry: MutableEntry): void => {
    byId.delete(entry.id);
    gone.delete(entry);
    history.remove(entry.history);
    explained.remove(entry.id);
    scorer.forget(entry.key);
  };
  /** Room is made by forgetting who has been gone the longest. */
  const hasRoom = (limit: number): boolean => {
    for (const oldest of gone) {
      if (byId.size < limit) break;
      forget(oldest);
    }
    return byId.size < limit;
  };
  const trimTo = (limit: number): void => {
    for (const entry of [...byId.values()].reverse()) {
      if (byId.size <= limit) return;
      forget(entry);
    }
  };
  const store = (frame: WorkloadFrame, score: Score): void => {
    const id = workloadId(frame.key);
    let entry = byId.get(id);
    if (entry && frame.timeMs <= entry.newestMs) return;
    if (entry) {
      const distanceMs = Math.min(frame.timeMs - entry.newestMs, LONGEST_STEP_MS);
      // A rough running mean is enough: it only stretches the limit for workloads scraped more slowly than the cycle.
      entry.stepMs = entry.stepMs === 0 ? distanceMs : entry.stepMs + 0.2 * (Math.min(distanceMs, 4 * entry.stepMs) - entry.stepMs);
      entry.score = score;
      entry.newestMs = frame.timeMs;
      entry.replicas = frame.replicas;
      entry.gone = false;
      gone.delete(entry);
    } else {
      const { key, timeMs, replicas } = frame;
      entry = { id, key, score, newestMs: timeMs, replicas, gone: false, stepMs: 0, history: history.add() };
      byId.set(id, entry);
      newcomers.delete(id);
    }
    history.write(entry.history, score.value, score.ready ? undefined : (score.reason ?? 'no_data'));
    history.writeValues(entry.history, frame.layout, frame.values);
    if (score.contributors.length > 0) explained.add(id, score);
  };

  return {
    admit: (frames) => {
      const { maxWorkloads } = options.limits();
      trimTo(maxWorkloads);
      const admitted = frames.filter((frame) => {
        const id = workloadId(frame.key);
        const known = byId.get(id);
        // It is back: no room is made at its cost while its score is worked out.
        if (known) gone.delete(known);
        if (known || newcomers.has(id)) return true;
        if (!hasRoom(maxWorkloads - newcomers.size)) return false;
        newcomers.add(id);
        return true;
      });
      return { frames: admitted, capped: frames.length - admitted.length };
    },
    record: (frames, scores) => {
      const instantMs = frames[0]?.timeMs;
      if (instantMs === undefined || instantMs < newestInstantMs) return;
      newestInstantMs = instantMs;
      history.openInstant(instantMs);
      frames.forEach((frame, i) => {
        const score = scores[i];
        if (score) store(frame, score);
      });
      version++;
    },
    restore: (workloads, modelVersion) => {
      const { maxWorkloads } = options.limits();
      const restored = workloads.filter(({ recent }) => recent.length > 0).slice(0, maxWorkloads);
      const instants = new Map<number, [entry: MutableEntry, score: number][]>();
      for (const { key, recent } of restored) {
        const [timeMs = 0, value = 0] = recent.at(-1) ?? [];
        const score: Score = {
          key,
          timeMs,
          value,
          ready: true,
          margin: Number.NaN,
          contributors: [],
          detector: 'snapshot',
          damped: false,
          modelVersion,
        };
        const id = workloadId(key);
        const entry: MutableEntry = { id, key, score, newestMs: timeMs, replicas: 1, gone: false, stepMs: 0, history: history.add() };
        byId.set(id, entry);
        for (const [at, one] of recent) {
          const list = instants.get(at);
          if (list) list.push([entry, one]);
          else instants.set(at, [[entry, one]]);
        }
      }
      for (const [at, scores] of [...instants].sort(([a], [b]) => a - b)) {
        history.openInstant(at);
        newestInstantMs = at;
        for (const [entry, one] of scores) history.write(entry.history, one, undefined);
      }
      version++;
    },
    sweep: (dataMs) => {
      newcomers.clear();
      const { goneAfterMs, forgetAfterMs } = options.limits();
      const vanished: WorkloadKey[] = [];
      const forgotten: WorkloadKey[] = [];
      for (const entry of byId.values()) {
        const silentMs = dataMs - entry.newestMs;
        // Three of its own steps: a workload scraped once a minute is not gone between two scrapes.
        if (!entry.gone && silentMs > Math.max(goneAfterMs, 3 * entry.stepMs)) {
          entry.gone = true;
          gone.add(entry);
          vanished.push(entry.key);
        }
        if (entry.gone && silentMs > forgetAfterMs) {
          forget(entry);
          forgotten.push(entry.key);
        }
      }
      if (vanished.length + forgotten.length > 0) version++;
      return { vanished, forgotten };
    },
    clearHistory: (nowMs) => {
      history = freshHistory();
      newestInstantMs = Number.NEGATIVE_INFINITY;
      for (const entry of byId.values()) {
        explained.remove(entry.id);
        entry.newestMs = nowMs;
        entry.stepMs = 0;
        entry.history = history.add();
      }
      version++;
    },
    get: (id) => byId.get(id),
    entries: () => [...byId.values()].filter((entry) => !entry.gone),
    counts: () => {
      let [expected, scored, anomalous] = [0, 0, 0];
      for (const { gone, score } of byId.values()) {
        if (gone) continue;
        expected++;
        if (!score.ready) continue;
        scored++;
        if (score.value >= ALERT_BOUNDARY) anomalous++;
      }
      return { expected, scored, anomalous };
    },
    points: (id, fromMs, toMs) => {
      const entry = byId.get(id);
      return entry ? history.points(entry.history, fromMs, toMs) : [];
    },
    peakSince: (id, fromMs) => {
      const entry = byId.get(id);
      return entry ? history.peakSince(entry.history, fromMs) : Number.NaN;
    },
    values: (id, fromMs, toMs) => {
      const entry = byId.get(id);
      return entry ? history.values(entry.history, fromMs, toMs) : [];
    },
    explained: (id) => explained.of(id),
    get version() {
      return version;
    },
    get historyBytes() {
      return history.bytes;
    },
    get oldestMs() {
      return history.oldestMs;
    },
  };
};
