import type { Selector, SelectorResult, WorkloadFrame } from '../conventions/index.ts';

/** Turns series of pods and nodes into frames of workloads. Pure: time comes with the samples. */
export interface FeatureExtractor {
  /** What has to be read, in the order that `push` expects its results. */
  readonly selectors: readonly Selector[];
  /** Takes samples in. Within a series only samples newer than those before count; late and doubled ones are dropped and counted. */
  push(results: readonly SelectorResult[]): void;
  /**
   * The frames of every instant up to `untilMs` that was not given before: one array per instant, in rising time.
   * A workload without a new sample at an instant gives no frame there.
   */
  advance(untilMs: number): Iterable<readonly WorkloadFrame[]>;
  readonly stats: FeatureStats;
}

/** Running totals since the start. */
export interface FeatureStats {
  readonly lateSamples: number;
  readonly duplicateSamples: number;
  /** NaN, Inf and |value| > 1e300. */
  readonly badSamples: number;
  readonly counterResets: number;
  /** Series that could not be given to a workload, by reason. */
  readonly droppedSeries: Readonly<Record<string, number>>;
  readonly pods: number;
  readonly workloads: number;
}

/** How instants are chosen: every `stepMs` on the clock (the exporter), or where the samples are (a recording), samples closer than half a step being one instant. */
export interface PaceOptions {
  readonly pace: 'grid' | 'samples';
  readonly stepMs: number;
}
