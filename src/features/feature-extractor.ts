import type { Selector, SelectorResult, WorkloadFrame } from '../conventions/index.ts';

/** Turns series of pods and nodes into frames of workloads. Pure: time comes with the samples. */
export interface FeatureExtractor {
  /** What has to be read, in the order that `push` expects its results. */
  readonly selectors: readonly Selector[];
  /** Takes samples in. Within a series only samples newer than those before count; late and doubled ones are dropped and counted. */
  push(results: readonly SelectorResult[]): void;
  /**
   * The frames of every instant up to `untilMs` that was not given before: one array per instant, in rising time, made while
   * it is iterated. A workload without a new sample at an instant gives no frame there, an instant without frames no array.
   * On the samples pace an instant is given once half a step has passed after its first sample; `Infinity` gives all that is left.
   */
  advance(untilMs: number): Iterable<readonly WorkloadFrame[]>;
  readonly stats: FeatureStats;
}

/** Totals since the start, and what is held at the moment. */
export interface FeatureStats {
  readonly lateSamples: number;
  readonly duplicateSamples: number;
  /** NaN, Inf and |value| > 1e300. */
  readonly badSamples: number;
  readonly counterResets: number;
  /** Series that could not be given to a workload, by reason. */
  readonly droppedSeries: Readonly<Record<string, number>>;
  /** Series held in memory. */
  readonly series: number;
  readonly pods: number;
  /** Pods whose workload is a guess from labels or the pod's name, for want of an owner series. */
  readonly guessedPods: number;
  readonly workloads: number;
}

/** How instants are chosen: every `stepMs` on the clock (the exporter), or where the samples are (a recording), samples closer than half a step being one instant. */
export interface PaceOptions {
  readonly pace: 'grid' | 'samples';
  readonly stepMs: number;
}
