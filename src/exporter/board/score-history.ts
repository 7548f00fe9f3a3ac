import type { FrameLayout, NotReadyReason } from '../../conventions/index.ts';

/** Not-ready instants are kept as negative numbers beside the scores, so that one float per instant tells everything. */
const REASON_CODES: readonly NotReadyReason[] = ['warming_up', 'no_data', 'stale_data', 'backfill_running'];

/** One instant of a workload's past. */
export interface HistoryPoint {
  readonly timeMs: number;
  /** NaN while not ready. */
  readonly score: number;
  readonly reason?: NotReadyReason;
}

/** One metric of a workload over the last instants; NaN where there was no sample. */
export interface ValueSeries {
  readonly metric: string;
  readonly unit: string;
  readonly points: readonly (readonly [timeMs: number, value: number])[];
}

export interface HistoryOptions {
  /** Instants of scores kept; all workloads share one axis of time. */
  readonly scoreSlots: number;
  /** Instants of metric values kept. */
  readonly valueSlots: number;
  /** Bound of all rings together; a workload that comes later than the bound has scores but no metric values. */
  readonly maxBytes: number;
}

/** The rings of one workload. */
export interface WorkloadHistory {
  readonly scores: Float32Array;
  values: Float32Array | undefined;
  layout: FrameLayout | undefined;
}

/**
 * What the last hours looked like, in rings of 32-bit floats: 4 bytes per workload and instant for scores, 4 per metric for values.
 * Rounding keeps judgements: a score at or above 1 stays so, one below 1 is at most .999.
 */
export interface ScoreHistory {
  /** Opens the slot of an instant; instants come in rising time, the same instant twice is one slot. */
  openInstant(timeMs: number): void;
  add(): WorkloadHistory;
  remove(history: WorkloadHistory): void;
  /** Writes into the open slot. */
  write(history: WorkloadHistory, score: number, reason: NotReadyReason | undefined): void;
  writeValues(history: WorkloadHistory, layout: FrameLayout, values: Float64Array): void;
  /** Points in rising time, both ends inclusive. */
  points(history: WorkloadHistory, fromMs: number, toMs: number): HistoryPoint[];
  /** Highest score from `fromMs` on; NaN where there is none. */
  peakSince(history: WorkloadHistory, fromMs: number): number;
  /** Every metric that has a value in the range. */
  values(history: WorkloadHistory, fromMs: number, toMs: number): ValueSeries[];
  /** Time of the oldest slot, undefined while empty. */
  readonly oldestMs: number | undefined;
  readonly bytes: number;
}

/** Layouts are shared objects, but a back-fill's and the live ones are different objects with the same columns. */
const sameColumns = (a: FrameLayout | undefined, b: FrameLayout): boolean =>
  a === b ||
  (a?.version === b.version && a.features.length === b.features.length && a.features.every((f, i) => f.name === b.features[i]?.name));

const encode = (score: number, reason: NotReadyReason | undefined): number => (reason ? -1 - REASON_CODES.indexOf(reason) : score);

export const createScoreHistory = (options: HistoryOptions): ScoreHistory => {
  const { scoreSlots, valueSlots, maxBytes } = options;
  const times = new Float64Array(scoreSlots).fill(Number.NaN);
  const members = new Set<WorkloadHistory>();
  let opened = 0;
  let bytes = times.byteLength;

  /** Runs over the newest slots whose times lie in the range, oldest first. */
  const eachSlot = (slots: number, fromMs: number, toMs: number, visit: (index: number, timeMs: number) => void): void => {
    const oldest = opened - Math.min(opened, slots);
    let first = opened;
    while (first > oldest && (times[(first - 1) % scoreSlots] ?? Number.NaN) >= fromMs) first--;
    for (let index = first; index < opened; index++) {
      const timeMs = times[index % scoreSlots] ?? Number.NaN;
      if (timeMs <= toMs) visit(index, timeMs);
    }
  };
  const dropValues = (history: WorkloadHistory): void => {
    bytes -= history.values?.byteLength ?? 0;
    history.values = undefined;
  };

  return {
    openInstant: (timeMs) => {
      if (opened > 0 && times[(opened - 1) % scoreSlots] === timeMs) return;
      const slot = opened % scoreSlots;
      times[slot] = timeMs;
      const valueSlot = opened % valueSlots;
      opened++;
      for (const { scores, values, layout } of members) {
        scores[slot] = Number.NaN;
        const width = layout?.features.length ?? 0;
        values?.fill(Number.NaN, valueSlot * width, (valueSlot + 1) * width);
      }
    },
    add: () => {
      const history: WorkloadHistory = { scores: new Float32Array(scoreSlots).fill(Number.NaN), values: undefined, layout: undefined };
      members.add(history);
      bytes += history.scores.byteLength;
      return history;
    },
    remove: (history) => {
      if (!members.delete(history)) return;
      dropValues(history);
      bytes -= history.scores.byteLength;
    },
    write: (history, score, reason) => {
      if (opened > 0) history.scores[(opened - 1) % scoreSlots] = encode(score, reason);
    },
    writeValues: (history, layout, values) => {
      if (opened === 0) return;
      if (!sameColumns(history.layout, layout)) {
        dropValues(history);
        const wanted = valueSlots * layout.features.length * Float32Array.BYTES_PER_ELEMENT;
        if (bytes + wanted <= maxBytes) {
          history.values = new Float32Array(valueSlots * layout.features.length).fill(Number.NaN);
          bytes += wanted;
        }
      }
      history.layout = layout;
      history.values?.set(values, ((opened - 1) % valueSlots) * layout.features.length);
    },
    points: (history, fromMs, toMs) => {
      const points: HistoryPoint[] = [];
      eachSlot(scoreSlots, fromMs, toMs, (index, timeMs) => {
        const value = history.scores[index % scoreSlots] ?? Number.NaN;
        if (Number.isNaN(value)) return;
        const reason = value < 0 ? REASON_CODES[-1 - value] : undefined;
        points.push(reason ? { timeMs, score: Number.NaN, reason } : { timeMs, score: value });
      });
      return points;
    },
    peakSince: (history, fromMs) => {
      let peak = Number.NaN;
      eachSlot(scoreSlots, fromMs, Number.POSITIVE_INFINITY, (index) => {
        const value = history.scores[index % scoreSlots] ?? Number.NaN;
        // A negative number is a reason, not a score.
        if (value >= 0 && !(value <= peak)) peak = value;
      });
      return peak;
    },
    values: (history, fromMs, toMs) => {
      const { layout, values } = history;
      if (!layout || !values) return [];
      const width = layout.features.length;
      const series = layout.features.map(({ name, unit }) => ({ metric: name, unit, points: [] as (readonly [number, number])[] }));
      eachSlot(valueSlots, fromMs, toMs, (index, timeMs) => {
        const row = (index % valueSlots) * width;
        series.forEach(({ points }, column) => {
          points.push([timeMs, values[row + column] ?? Number.NaN]);
        });
      });
      return series.filter(({ points }) => points.some(([, value]) => !Number.isNaN(value)));
    },
    get oldestMs() {
      return opened === 0 ? undefined : times[opened > scoreSlots ? opened % scoreSlots : 0];
    },
    get bytes() {
      return bytes;
    },
  };
};
