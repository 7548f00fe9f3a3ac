import { ALERT_BOUNDARY, type Score } from '../../conventions/index.ts';
import type { FlowWatch } from '../../flows/index.ts';
import type { Scorer } from '../../scoring/index.ts';

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

/** A scorer whose scores have the part of network flows in them: the larger of the two is the score. */
export const withFlowParts = (scorer: Scorer, flows: Pick<FlowWatch, 'partOf'>): Scorer => ({
  score: (frames) => scorer.score(frames).map((score) => withFlows(score, flows)),
  refine: async (scores) => (await scorer.refine(scores)).map((score) => withFlows(score, flows)),
  teach: scorer.teach,
  unteach: scorer.unteach,
  lessons: scorer.lessons,
  forget: scorer.forget,
  snapshot: scorer.snapshot,
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
