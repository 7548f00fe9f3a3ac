import { CONTRIBUTOR_FLOOR, type Contributor, type Score, type WorkloadFrame } from '../conventions/index.ts';
import { baselineContributors } from './baseline-contributors.ts';
import type { Part } from './detector.ts';
import { rankScore } from './rank.ts';
import type { ScorerOptions } from './scorer.ts';
import type { FrameAnalysis } from './streaming-baseline.ts';
import type { WorkloadState } from './workload-state.ts';

const MOST_CONTRIBUTORS = 5;
/** Largest score that is not an alarm. */
const BELOW_BOUNDARY = 0.999;

/** Contributors of the deciding part first; those of the others fill up, at half their share, without naming a metric twice. */
const mergeContributors = (first: readonly Contributor[], others: readonly (readonly Contributor[])[], most: number): Contributor[] => {
  const merged = [...first];
  for (const list of others) {
    for (const contributor of list) if (!merged.some((known) => known.metric === contributor.metric)) merged.push(contributor);
  }
  const kept = merged.slice(0, most);
  const sum = kept.reduce((total, contributor) => total + contributor.contribution, 0);
  return sum > 1 ? kept.map((contributor) => ({ ...contributor, contribution: contributor.contribution / sum })) : kept;
};

/** The baseline's own score: its margin from the boundary on, the order of the rank part below. */
const baselineScore = ({ margin, rank }: Pick<FrameAnalysis, 'margin' | 'rank'>): number =>
  margin >= 1 ? margin : Math.min(BELOW_BOUNDARY, rankScore(rank));

/** The value that `fuse` would give. */
export const fusedValue = (analysis: Pick<FrameAnalysis, 'margin' | 'rank'>, parts: readonly Part[]): number =>
  parts.reduce((largest, { value }) => Math.max(largest, value), baselineScore(analysis));

export type ContributorLimits = Partial<Pick<ScorerOptions, 'contributorFloor' | 'mostContributors'>>;

/** One score out of all parts: the largest part at or above the boundary decides; below it the rank part orders, and a part may lift it. */
export const fuse = (
  frame: WorkloadFrame,
  state: WorkloadState,
  analysis: FrameAnalysis,
  parts: readonly Part[],
  damped: boolean,
  modelVersion: string,
  { contributorFloor = CONTRIBUTOR_FLOOR, mostContributors = MOST_CONTRIBUTORS }: ContributorLimits = {},
): Score => {
  const baseline = baselineScore(analysis);
  let strongest: Part | undefined;
  for (const part of parts) if (!strongest || part.value > strongest.value) strongest = part;
  const decides = strongest !== undefined && strongest.value > baseline ? strongest : undefined;
  const value = decides ? decides.value : baseline;
  let contributors: readonly Contributor[] = [];
  if (value > contributorFloor) {
    const own = baselineContributors(state, analysis, mostContributors);
    const others = parts.filter((part) => part !== decides && part.value > contributorFloor).map((part) => part.contributors);
    contributors = decides
      ? mergeContributors(decides.contributors, [...others, own], mostContributors)
      : mergeContributors(own, others, mostContributors);
  }
  return {
    key: frame.key,
    timeMs: frame.timeMs,
    value,
    ready: true,
    margin: analysis.margin,
    contributors,
    detector: decides?.detector ?? (analysis.margin >= 1 ? 'baseline' : 'rank'),
    damped,
    modelVersion,
  };
};
