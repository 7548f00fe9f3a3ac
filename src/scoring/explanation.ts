import type { ScoredMetric } from './workload-state.ts';

/** Disk traffic of a pod; that of a node is its own story. */
const POD_DISK = /(^|_)fs_/;
/** A cause is believed when it is at least this part as surprising as the most surprising metric. */
const BELIEVED = 0.35;
/** What a companion counts beside a believed cause: just less than any such cause. */
const COMPANION = 0.34;

/**
 * A companion rarely is the thing itself: waiting, errors and stalls follow from something, and a disk is read for something. They are often the most
 * surprising numbers all the same, since they are near zero on quiet days.
 */
export const isCompanion = ({ name, load }: ScoredMetric): boolean => load === 'suffers' || POD_DISK.test(name);

/** Weights of an explanation: companions stand behind the causes beside them, and keep their place where there is none. Changes `weights`. */
export const orderCauses = (metrics: readonly ScoredMetric[], weights: Float64Array): void => {
  let largest = 0;
  let cause = 0;
  for (let m = 0; m < metrics.length; m++) {
    const weight = weights[m]!;
    if (weight > largest) largest = weight;
    if (weight > cause && !isCompanion(metrics[m]!)) cause = weight;
  }
  if (cause < BELIEVED * largest) return;
  for (let m = 0; m < metrics.length; m++) if (isCompanion(metrics[m]!)) weights[m]! *= COMPANION;
};
