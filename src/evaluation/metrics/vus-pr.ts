/** Thresholds of the original implementation: that many quantiles of the scores. */
const THRESHOLDS = 250;

/**
 * Volume under the range-PR surface: the mean over buffer lengths 0..window of the area under a precision-recall curve whose labels are widened by soft
 * shoulders, square root of 1 - distance/length, and whose recall asks that every event is touched.
 * Paparrizos et al., Volume Under the Surface, VLDB 2022, as in TSB-AD's RangeAUC_volume. O((samples + thresholds) x window).
 *
 * @param labels 0 and 1 per sample; undefined is given back when all are 0.
 * @param window largest buffer, in samples.
 */
export const vusPr = (labels: Uint8Array, scores: Float64Array, window: number, thresholds = THRESHOLDS): number | undefined => {
  const events = eventRuns(labels);
  if (events.length === 0) return undefined;
  const first = firstThreshold(scores, thresholds);
  const predicted = cumulated(first, () => 1, thresholds);
  let positives = 0;
  for (const label of labels) positives += label;
  let volume = 0;
  for (let length = 0; length <= window; length++) {
    const soft = softLabels(labels, events, length);
    const hits = cumulated(first, (i) => soft[i]!, thresholds);
    const shoulder = cumulated(first, (i) => (labels[i] ? 0 : soft[i]!), thresholds);
    const touched = touchedShare(first, widened(events, length, labels.length), thresholds);
    let recall = 0;
    for (let k = 0; k < thresholds; k++) {
      const grown = Math.min(hits[k]! / ((positives + positives + shoulder[k]!) / 2), 1) * touched[k]!;
      volume += (grown - recall) * (hits[k]! / Math.max(predicted[k]!, 1));
      recall = grown;
    }
  }
  return volume / (window + 1);
};

/** First and last sample of each run of ones. */
const eventRuns = (labels: Uint8Array): [number, number][] => {
  const runs: [number, number][] = [];
  for (let i = 0; i < labels.length; i++) {
    if (!labels[i]) continue;
    const start = i;
    while (labels[i + 1]) i++;
    runs.push([start, i]);
  }
  return runs;
};

/** Per sample, the index of the first of the falling thresholds at which it is predicted. */
const firstThreshold = (scores: Float64Array, thresholds: number): Int32Array => {
  const falling = scores.slice().sort().reverse();
  const spacing = thresholds > 1 ? (scores.length - 1) / (thresholds - 1) : 0;
  const levels = Float64Array.from(
    { length: thresholds },
    (_, k) => falling[k === thresholds - 1 && k > 0 ? scores.length - 1 : Math.trunc(k * spacing)]!,
  );
  return Int32Array.from(scores, (score) => {
    let low = 0;
    let high = thresholds - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (levels[middle]! > score) low = middle + 1;
      else high = middle;
    }
    return low;
  });
};

/** Weight of the samples predicted at each threshold. */
const cumulated = (first: Int32Array, weight: (sample: number) => number, thresholds: number): Float64Array => {
  const sums = new Float64Array(thresholds);
  for (let i = 0; i < first.length; i++) sums[first[i]!]! += weight(i);
  for (let k = 1; k < thresholds; k++) sums[k]! += sums[k - 1]!;
  return sums;
};

/** Labels with shoulders of half the length on both sides of every event; shoulders that meet add up, at most to 1. */
const softLabels = (labels: Uint8Array, events: readonly [number, number][], length: number): Float64Array => {
  const soft = Float64Array.from(labels);
  const half = length >> 1;
  for (const [start, end] of events) {
    for (let distance = 1; distance <= half; distance++) {
      const shoulder = Math.sqrt(1 - distance / length);
      if (end + distance < soft.length) soft[end + distance]! += shoulder;
      if (start - distance >= 0) soft[start - distance]! += shoulder;
    }
  }
  for (let i = 0; i < soft.length; i++) if (soft[i]! > 1) soft[i] = 1;
  return soft;
};

/** Events with their shoulders; those that meet are one. */
const widened = (events: readonly [number, number][], length: number, samples: number): [number, number][] => {
  const half = length >> 1;
  const merged: [number, number][] = [];
  for (const [start, end] of events) {
    const previous = merged.at(-1);
    if (previous && start - half <= previous[1]) previous[1] = end + half;
    else merged.push([Math.max(start - half, 0), end + half]);
  }
  return merged.map(([start, end]) => [start, Math.min(end, samples - 1)]);
};

/** Share of the widened events with a predicted sample, at each threshold. */
const touchedShare = (first: Int32Array, events: readonly [number, number][], thresholds: number): Float64Array => {
  const earliest = Int32Array.from(events, ([start, end]) => first.subarray(start, end + 1).reduce((a, b) => Math.min(a, b)));
  return cumulated(earliest, () => 1, thresholds).map((count) => count / events.length);
};
