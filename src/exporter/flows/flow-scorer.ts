import { ALERT_BOUNDARY, type Score } from '../../conventions/index.ts';
import type { Adjustment } from '../../feedback/index.ts';
import type { FlowWatch } from '../../flows/index.ts';
import type { Scorer } from '../../scoring/index.ts';
import type { FlowMode } from './flow-mode.ts';

const MAX_CONTRIBUTORS = 5;
/** Below this flows say nothing that is worth a place among the contributors. */
const LEAST_PART = 0.5;

const withFlows = (score: Score, flows: Pick<FlowWatch, 'partOf'>): Score => {
  const part = flows.partOf(score.key, score.timeMs);
  if (!part || part.value < LEAST_PART || (score.ready && part.value <= score.value)) return score;
  // A workload whose metrics are not known yet may still be attacked: flows need no warming up, but must reach the boundary by themselves.
  if (!score.ready && part.value < ALERT_BOUNDARY) return score;
  const { reason: _, ...rest } = score;
  const before = score.ready ? score.value : 0;
  const share = part.value / (part.value + before);
  return {
    ...rest,
    ready: true,
    value: part.value,
    margin: part.value,
    detector: 'flows',
    contributors: [
      { ...part.contributor, contribution: share },
      ...score.contributors.map((each) => ({ ...each, contribution: each.contribution * (1 - share) })),
    ].slice(0, MAX_CONTRIBUTORS),
  };
};

/** What a scorer needs of network flows. */
export type FlowJudge = Pick<FlowMode, 'teach' | 'unteach'> & { readonly watch: Pick<FlowWatch, 'partOf'> };

/** The words that teach flows something; the others speak of metrics. */
const CONFIRMED: Partial<Record<Adjustment['kind'], boolean>> = { protect: true, widen: false };

/** A scorer whose scores have the part of network flows in them: the larger of the two is the score. Verdicts teach both. */
export const withFlowParts = (scorer: Scorer, { watch: flows, teach, unteach }: FlowJudge): Scorer => ({
  score: (frames) => scorer.score(frames).map((score) => withFlows(score, flows)),
  refine: async (scores) => (await scorer.refine(scores)).map((score) => withFlows(score, flows)),
  teach: (adjustment) => {
    const isConfirmed = CONFIRMED[adjustment.kind];
    if (isConfirmed !== undefined) teach({ ...adjustment, isConfirmed });
    return scorer.teach(adjustment);
  },
  unteach: (id) => {
    const isKnown = unteach(id);
    return scorer.unteach(id) || isKnown;
  },
  lessons: scorer.lessons,
  forget: scorer.forget,
  snapshot: scorer.snapshot,
  snapshotOf: scorer.snapshotOf,
  restore: scorer.restore,
  classes: scorer.classes,
  modelVersion: scorer.modelVersion,
  get learned() {
    return scorer.learned;
  },
  get workloads() {
    return scorer.workloads;
  },
  get stateBytes() {
    return scorer.stateBytes;
  },
});
