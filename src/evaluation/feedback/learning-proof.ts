import { type Random, seededRandom } from '../../platform/index.ts';
import type { ClusterFigures, MissedFigures, SetFigures } from './cluster-figures.ts';
import type { Counts } from './judge-runs.ts';
import { VERDICT_SETS, type VerdictSet } from './lesson-plan.ts';

export interface Estimate {
  readonly value: number;
  /** 95 % percentile bootstrap over clusters; undefined for a single one. */
  readonly interval: readonly [low: number, high: number] | undefined;
}

/** What a set of verdicts did, over all clusters. */
export interface SetProof {
  readonly set: VerdictSet;
  readonly workloads: number;
  readonly without: Counts;
  readonly taught: Counts;
  /** Share of the false alarms that no longer come. */
  readonly drop: Estimate;
  /** Points of recall that are lost; negative = gained. */
  readonly loss: Estimate;
  /** The same for faults without a job beside them. */
  readonly lossAlone: Estimate;
  readonly recall: number;
  readonly controlRecall: number;
  /** Points of recall by which the control does worse at as few false alarms. */
  readonly overControl: Estimate;
}

export interface MissedProof {
  readonly set: VerdictSet;
  readonly workloads: number;
  readonly taught: Counts;
  readonly falseAlarms: number;
  readonly recallWithout: number;
  readonly recallTaught: number;
  /** Points of recall of like events that are gained at equal false alarms. */
  readonly gain: Estimate;
}

export interface LearningProof {
  readonly seeds: readonly number[];
  readonly sets: readonly SetProof[];
  readonly missed: readonly MissedProof[];
}

const DRAWS = 2000;

const add = (counts: readonly Counts[]): Counts => ({
  falseAlarms: counts.reduce((sum, one) => sum + one.falseAlarms, 0),
  found: counts.reduce((sum, one) => sum + one.found, 0),
  faults: counts.reduce((sum, one) => sum + one.faults, 0),
});

const recallOf = ({ found, faults }: Counts): number => found / faults;

/** A figure over all clusters, with an interval from clusters drawn with replacement. */
const estimate = <T>(clusters: readonly T[], figure: (drawn: readonly T[]) => number, random: Random): Estimate => {
  if (clusters.length < 2) return { value: figure(clusters), interval: undefined };
  const draws = Array.from({ length: DRAWS }, () => figure(clusters.map(() => clusters[Math.floor(random() * clusters.length)]!))).sort(
    (a, b) => a - b,
  );
  return { value: figure(clusters), interval: [draws[Math.floor(0.025 * DRAWS)]!, draws[Math.floor(0.975 * DRAWS)]!] };
};

const proveSet = (clusters: readonly SetFigures[], random: Random): SetProof => {
  const sum = (drawn: readonly SetFigures[], of: 'without' | 'taught' | 'control'): Counts => add(drawn.map((one) => one[of]));
  const recall = (drawn: readonly SetFigures[], of: 'without' | 'taught' | 'control'): number => recallOf(sum(drawn, of));
  return {
    set: clusters[0]!.set,
    workloads: clusters.reduce((total, { workloads }) => total + workloads, 0),
    without: sum(clusters, 'without'),
    taught: sum(clusters, 'taught'),
    drop: estimate(clusters, (drawn) => 1 - sum(drawn, 'taught').falseAlarms / sum(drawn, 'without').falseAlarms, random),
    loss: estimate(clusters, (drawn) => 100 * (recall(drawn, 'without') - recall(drawn, 'taught')), random),
    lossAlone: estimate(
      clusters,
      (drawn) => 100 * (recallOf(add(drawn.map(({ alone }) => alone.without))) - recallOf(add(drawn.map(({ alone }) => alone.taught)))),
      random,
    ),
    recall: recall(clusters, 'taught'),
    controlRecall: recall(clusters, 'control'),
    overControl: estimate(clusters, (drawn) => 100 * (recall(drawn, 'taught') - recall(drawn, 'control')), random),
  };
};

const proveMissed = (clusters: readonly MissedFigures[], random: Random): MissedProof => {
  const recall = (drawn: readonly MissedFigures[], of: 'equalWithout' | 'equalTaught'): number =>
    recallOf(add(drawn.map((one) => one[of])));
  return {
    set: clusters[0]!.set,
    workloads: clusters.reduce((total, { workloads }) => total + workloads, 0),
    taught: add(clusters.map(({ taught }) => taught)),
    falseAlarms: clusters.reduce((total, { falseAlarms }) => total + falseAlarms, 0),
    recallWithout: recall(clusters, 'equalWithout'),
    recallTaught: recall(clusters, 'equalTaught'),
    gain: estimate(clusters, (drawn) => 100 * (recall(drawn, 'equalTaught') - recall(drawn, 'equalWithout')), random),
  };
};

/** Pools clusters. */
export const proveLearning = (clusters: readonly ClusterFigures[]): LearningProof => {
  const random = seededRandom(1);
  const sets = VERDICT_SETS.map((_, index) =>
    proveSet(
      clusters.map(({ jobs }) => jobs[index]!),
      random,
    ),
  );
  const count = clusters[0]?.missed.length ?? 0;
  const missed = Array.from({ length: count }, (_, index) =>
    proveMissed(
      clusters.map((cluster) => cluster.missed[index]!),
      random,
    ),
  );
  return { seeds: clusters.map(({ seed }) => seed), sets, missed };
};
