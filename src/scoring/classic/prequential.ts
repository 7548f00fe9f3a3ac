import type { Random } from '../../platform/index.ts';
import { createOwnPast } from './own-past.ts';
import type { ClassicDetector, Rows } from './rows.ts';

/** Rows before the first fit; then it is fitted anew at each doubling, and from `LARGEST_GAP` rows on every that many. */
const FIRST_FIT = 64;
const LARGEST_GAP = 1024;
/** Rows that a detector is fitted on: a uniform sample of the whole past, so that long events are never more than their share of it. */
const RESERVOIR = 512;
/** Rows like an alarm teach nothing. */
const ADMITTED_BELOW = 0.8;

export interface PrequentialOptions {
  readonly stepSeconds: number;
  readonly random: Random;
}

/**
 * Scores the rows of one workload in their order with a detector that is fitted again and again, each row by what came before it.
 * 1 is the alert boundary (`createOwnPast`); NaN before the first fit.
 */
export const scorePrequentially = async (detector: ClassicDetector, rows: Rows, options: PrequentialOptions): Promise<Float64Array> => {
  const { random } = options;
  const { count, width, data } = rows;
  const reservoir = new Float32Array(RESERVOIR * width);
  const ownPast = createOwnPast(options.stepSeconds);
  const scores = new Float64Array(count).fill(Number.NaN);
  let admitted = 0;
  // Vitter (1985), algorithm R.
  const admit = (row: number): void => {
    const place = admitted < RESERVOIR ? admitted : Math.floor(random() * (admitted + 1));
    if (place < RESERVOIR) reservoir.set(data.subarray(row * width, (row + 1) * width), place * width);
    admitted++;
  };
  for (let row = 0; row < Math.min(FIRST_FIT, count); row++) admit(row);
  for (let from = FIRST_FIT; from < count; ) {
    const to = Math.min(count, from + Math.min(from, LARGEST_GAP));
    const kept = Math.min(admitted, RESERVOIR);
    const fitted = await detector.fit({ count: kept, width, data: reservoir.slice(0, kept * width) }, random);
    const raw = await fitted.score({ count: to - from, width, data: data.subarray(from * width, to * width) });
    for (let row = from; row < to; row++) {
      const score = ownPast(raw[row - from]!);
      scores[row] = score;
      if (!(score >= ADMITTED_BELOW)) admit(row);
    }
    from = to;
  }
  return scores;
};
