import { type WorkloadFrame, type WorkloadKey, workloadId } from '../../conventions/index.ts';
import { createFeatureExtractor, defaultCatalog } from '../../features/index.ts';
import { planCluster } from '../simulator/cluster-plan.ts';
import { planEvents } from '../simulator/event-plan.ts';
import { createFeed } from '../simulator/feed.ts';
import type { ScenarioKind, SimulatedEvent } from '../simulator/scenarios.ts';
import { createSimulation } from '../simulator/simulation.ts';

/** What is tried: scores of a step's frames, in their order. */
export interface TrialDetector {
  readonly name: string;
  score(frames: readonly WorkloadFrame[]): readonly TrialScore[] | Promise<readonly TrialScore[]>;
}

export interface TrialScore {
  /** NaN = no score. */
  readonly value: number;
  /** Metrics that explain it, largest first; empty where the detector names none. */
  readonly metrics: readonly string[];
}

export interface TrialOptions {
  readonly seed: number;
  readonly workloads: number;
  readonly stepMs: number;
  readonly startMs: number;
  /** Nothing is planned and nothing judged. */
  readonly historyMs: number;
  /** Nothing is planned, false alarms are counted. */
  readonly cleanMs: number;
  /** Each workload gets one event of these kinds. */
  readonly eventMs: number;
  readonly kinds: readonly ScenarioKind[];
}

/** All scores that one detector gave one workload or node. */
export interface ScoreTrack {
  readonly key: WorkloadKey;
  readonly timesMs: number[];
  readonly values: number[];
  /** Explanation of each score of at least the alert boundary, by its place. */
  readonly metrics: Map<number, readonly string[]>;
}

export interface Trial {
  readonly options: TrialOptions;
  readonly truth: readonly SimulatedEvent[];
  /** From here on everything is judged. */
  readonly judgedFromMs: number;
  /** Noise profile of each workload, by its id. */
  readonly noise: ReadonlyMap<string, string>;
  /** In the order of the detectors. */
  readonly tracks: readonly { readonly detector: string; readonly byWorkload: ReadonlyMap<string, ScoreTrack> }[];
}

const createTracks = (detector: TrialDetector) => {
  const byWorkload = new Map<string, ScoreTrack>();
  const trackOf = (key: WorkloadKey): ScoreTrack => {
    const id = workloadId(key);
    let track = byWorkload.get(id);
    if (!track) {
      track = { key, timesMs: [], values: [], metrics: new Map() };
      byWorkload.set(id, track);
    }
    return track;
  };
  return {
    detector: detector.name,
    byWorkload,
    take: async (frames: readonly WorkloadFrame[]): Promise<void> => {
      const scores = await detector.score(frames);
      frames.forEach((frame, i) => {
        const { value, metrics } = scores[i] as TrialScore;
        const track = trackOf(frame.key);
        if (value >= 1) track.metrics.set(track.values.length, metrics);
        track.timesMs.push(frame.timeMs);
        track.values.push(value);
      });
    },
  };
};

/**
 * Simulates a cluster and lets detectors score it on the exporter's own path: each step's samples are pushed when the step has
 * passed, so that nobody sees a sample before its Prometheus would have had it. Streams: memory holds scores, not samples.
 */
export const runTrial = async (options: TrialOptions, detectors: readonly TrialDetector[]): Promise<Trial> => {
  const plan = planCluster({ seed: options.seed, workloads: options.workloads });
  const judgedFromMs = options.startMs + options.historyMs;
  const eventsFromMs = judgedFromMs + options.cleanMs;
  const endMs = eventsFromMs + options.eventMs;
  const events =
    options.eventMs > 0 ? planEvents(plan, { seed: options.seed, fromMs: eventsFromMs, toMs: endMs, kinds: options.kinds }) : [];
  const simulation = createSimulation(plan, { stepMs: options.stepMs, startMs: options.startMs, events });
  const extractor = createFeatureExtractor(defaultCatalog(), { pace: 'grid', stepMs: options.stepMs });
  const feed = createFeed(extractor.selectors, simulation.series);
  const tracks = detectors.map(createTracks);
  while (simulation.nowMs < endMs) {
    extractor.push(feed(simulation.step()));
    for (const frames of extractor.advance(simulation.nowMs)) for (const track of tracks) await track.take(frames);
  }
  const noise = new Map(
    plan.workloads.map(({ namespace, name, kind, noise: profile }) => [
      workloadId({ namespace, workload: name, workloadKind: kind }),
      profile,
    ]),
  );
  return { options, truth: simulation.truth, judgedFromMs, noise, tracks };
};
