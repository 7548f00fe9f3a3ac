import { createFeatureExtractor, defaultCatalog } from '../../features/index.ts';
import { createSeriesStore, type SeriesStore } from '../server/series-store.ts';
import { planCluster } from '../simulator/cluster-plan.ts';
import { BENIGN_KINDS, FAULT_KINDS, planEvents } from '../simulator/event-plan.ts';
import { createFeed } from '../simulator/feed.ts';
import type { PlannedEvent, SimulatedEvent } from '../simulator/scenarios.ts';
import { createSimulation } from '../simulator/simulation.ts';
import { createGaugeRecording, type GaugeRecording } from './gauge-recording.ts';

export interface RecordingOptions {
  readonly seed: number;
  readonly workloads: number;
  readonly days: number;
  readonly stepMs: number;
  readonly startMs: number;
  /** Keep the raw samples too: 12 bytes each, some 2.5 million a day for a dozen workloads. */
  readonly raw: boolean;
}

export interface SimulatedRecording {
  readonly gauges: GaugeRecording;
  readonly raw: SeriesStore | undefined;
  readonly truth: readonly SimulatedEvent[];
  readonly cleanUntilMs: number;
  readonly endMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Nothing is planned on the first day, or in the first half of an only one. */
const CLEAN_SHARE = 0.5;
/** Part of each later day that has the faults; the rest has the benign twins. */
const FAULT_SHARE = 0.6;

/** Start and end of every stretch with planned events. */
export const cleanMsOf = (days: number): number => (days > 1 ? DAY_MS : CLEAN_SHARE * DAY_MS);

const planDays = (plan: ReturnType<typeof planCluster>, options: RecordingOptions): PlannedEvent[] => {
  const events: PlannedEvent[] = [];
  const endMs = options.startMs + options.days * DAY_MS;
  let fromMs = options.startMs + cleanMsOf(options.days);
  for (let part = 0; fromMs < endMs; part++) {
    const toMs = Math.min(endMs, fromMs + DAY_MS);
    const changeMs = fromMs + FAULT_SHARE * (toMs - fromMs);
    events.push(...planEvents(plan, { seed: options.seed + part, fromMs, toMs: changeMs, kinds: FAULT_KINDS }));
    events.push(...planEvents(plan, { seed: options.seed + part, fromMs: changeMs, toMs, kinds: BENIGN_KINDS }));
    fromMs = toMs;
  }
  return events;
};

/** Simulates days of a cluster into memory: the features that the exporter would score and, if asked for, every raw sample. */
export const simulateRecording = (options: RecordingOptions, onProgress: (share: number) => void = () => undefined): SimulatedRecording => {
  const { seed, workloads, stepMs, startMs } = options;
  const endMs = startMs + options.days * DAY_MS;
  const plan = planCluster({ seed, workloads });
  const simulation = createSimulation(plan, { stepMs, startMs, events: planDays(plan, options) });
  const extractor = createFeatureExtractor(defaultCatalog(), { pace: 'grid', stepMs });
  const feed = createFeed(extractor.selectors, simulation.series);
  const gauges = createGaugeRecording();
  const raw = options.raw ? createSeriesStore(simulation.series, Number.POSITIVE_INFINITY) : undefined;
  while (simulation.nowMs < endMs) {
    const batch = simulation.step();
    raw?.append(batch);
    extractor.push(feed(batch));
    for (const frames of extractor.advance(simulation.nowMs)) gauges.add(frames);
    onProgress((simulation.nowMs - startMs) / (endMs - startMs));
  }
  return { gauges, raw, truth: simulation.truth, cleanUntilMs: startMs + cleanMsOf(options.days), endMs };
};
