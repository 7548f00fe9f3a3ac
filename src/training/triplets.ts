import { ENCODER } from '../learning/index.ts';
import { type Random, seededRandom } from '../platform/index.ts';
import { fillWindow } from '../scoring/index.ts';
import { changeWindow } from './changes.ts';
import type { TrainingSeries } from './training-series.ts';

/** Usual windows this near in time are alike. */
const REACH = 48;
/** Noise on the window that shall be alike, in usual differences. */
const JITTER = 0.1;

export type Part = 'learned' | 'later';

const SIZE = ENCODER.channels * ENCODER.windowLength;

/** The nearest place to a wanted one, by binary search. */
const nearestPlace = (places: Int32Array, wanted: number): number => {
  let low = 0;
  let high = places.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return places[low]!;
};

const cut = ({ metric }: TrainingSeries, place: number): Float32Array => metric.deviations.slice(place - ENCODER.windowLength, place + 1);

/**
 * Batch number `index` of triplets: a usual window, one near it in time, and the first with its end changed. The batch depends on the seed and its
 * number alone, so that a run that is taken up again goes on with the same ones.
 */
export const tripletBatch = (
  series: readonly TrainingSeries[],
  part: Part,
  rows: number,
  seed: number,
  index: number,
): [anchor: Float32Array, same: Float32Array, changed: Float32Array] => {
  // Seeds of neighbouring batches are far apart: a large odd factor spreads them over all 32 bits.
  const random: Random = seededRandom((seed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0);
  const windows = [0, 1, 2].map(() => new Float32Array(rows * SIZE)) as [Float32Array, Float32Array, Float32Array];
  for (let row = 0; row < rows; row++) {
    const one = series[Math.floor(random() * series.length)]!;
    const places = one[part];
    const place = places[Math.floor(random() * places.length)]!;
    const near = nearestPlace(places, place + Math.round(REACH * (2 * random() - 1)));
    const ratio = one.metric.ratios[place]!;
    const anchor = cut(one, place);
    const same = cut(one, near).map((x) => x + (JITTER * (2 * random() - 1)) / Math.max(ratio, 0.5));
    const changed = anchor.slice();
    changeWindow(changed, ratio, random);
    fillWindow(anchor, 0, ratio, windows[0], row * SIZE);
    fillWindow(same, 0, one.metric.ratios[near]!, windows[1], row * SIZE);
    fillWindow(changed, 0, ratio, windows[2], row * SIZE);
  }
  return windows;
};
