/** The scores of one entity, row by row, in any order. */
export interface ScoreColumns {
  /** Unix seconds. */
  readonly times: Float64Array;
  /** NaN or infinite where there is none. */
  readonly scores: Float64Array;
  /** 1 = ready. */
  readonly ready: Uint8Array;
}

/** No scores at all. */
export const NO_SCORES: ScoreColumns = { times: new Float64Array(0), scores: new Float64Array(0), ready: new Uint8Array(0) };

// Stands for an infinite score, so that it ranks above all others and is still a number.
const LARGEST_SCORE = 1e300;

/**
 * In rising time, one row per time: the one with the highest score. A row that is not ready, or has no finite score, counts as score 0 and not ready;
 * plus infinity is a score.
 */
export const tidyScores = ({ times, scores, ready }: ScoreColumns): ScoreColumns => {
  const clean = Float64Array.from(scores, (score, i) => {
    const finite = score === Infinity ? LARGEST_SCORE : score;
    return ready[i] === 1 && Number.isFinite(finite) ? finite : 0;
  });
  const isReady = (i: number): boolean => ready[i] === 1 && (Number.isFinite(scores[i]) || scores[i] === Infinity);
  const order = Uint32Array.from(times.keys()).sort((a, b) => times[a]! - times[b]! || clean[b]! - clean[a]! || a - b);
  const kept = order.filter((row, i) => i === 0 || times[row]! > times[order[i - 1]!]!);
  return {
    times: Float64Array.from(kept, (row) => times[row]!),
    scores: Float64Array.from(kept, (row) => clean[row]!),
    ready: Uint8Array.from(kept, (row) => (isReady(row) ? 1 : 0)),
  };
};

/** The rows whose mask equals `wanted`. */
export const selectRows = ({ times, scores, ready }: ScoreColumns, mask: Uint8Array, wanted: 0 | 1): ScoreColumns => ({
  times: times.filter((_, i) => mask[i] === wanted),
  scores: scores.filter((_, i) => mask[i] === wanted),
  ready: ready.filter((_, i) => mask[i] === wanted),
});

/** Entity-days of tidy rows: ready rows times the step, capped by the time they span, so that gaps are not counted. */
export const entityDays = ({ times, ready }: ScoreColumns, stepSeconds: number): number => {
  if (times.length === 0) return 0;
  let rows = 0;
  for (const flag of ready) rows += flag;
  return Math.min(rows * stepSeconds, times[times.length - 1]! - times[0]! + stepSeconds) / 86_400;
};
