import { SLOT } from '../metric-slots.ts';
import { clearLargest, type LargestThree, meanOfWitnesses, offer, plateauSurprise } from '../plateau.ts';
import type { FrameAnalysis } from '../streaming-baseline.ts';
import { metricSlot, type WorkloadState } from '../workload-state.ts';
import type { Light } from './lesson.ts';

/** Surprise of a sample like the others: what an explained metric counts. */
const ORDINARY = 0.3;

const traffic: LargestThree = { first: 0, second: 0, third: 0 };
const three: LargestThree = { first: 0, second: 0, third: 0 };

/** The margin that the metrics would have which no verdict explains, the others being as usual. */
export const unexplainedMargin = (state: WorkloadState, analysis: FrameAnalysis, { explains }: Pick<Light, 'explains'>): number => {
  clearLargest(three);
  clearLargest(traffic);
  let plateau = Number.NEGATIVE_INFINITY;
  for (let m = 0; m < analysis.metrics; m++) {
    const u = analysis.surprise[m]!;
    if (Number.isNaN(u)) continue;
    const explained = explains(m);
    offer(state.metrics[m]!.load === 'measures' ? traffic : three, explained ? Math.min(u, ORDINARY) : u);
    if (!explained) plateau = Math.max(plateau, plateauSurprise(state.doubles, metricSlot(state, m) + SLOT.plateau));
  }
  const total = Math.max(meanOfWitnesses(three, traffic), analysis.metrics > 1 ? plateau : Number.NEGATIVE_INFINITY);
  return Number.isNaN(total) ? 0 : Math.max(0, total / analysis.bar);
};
