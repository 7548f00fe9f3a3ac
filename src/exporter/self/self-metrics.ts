import { type Counter, Gauge, Histogram, Registry } from 'prom-client';
import {
  EXPORTER_METRICS,
  FLOW_METRICS,
  type MetricDefinition,
  PROCESS_METRICS,
  SOURCE_METRICS,
  VERSION,
} from '../../conventions/index.ts';
import type { FeatureStats } from '../../features/index.ts';
import { type SourceEvent, sourceMetricUpdates } from '../../prometheus/index.ts';
import type { LearnedStats } from '../../scoring/index.ts';
import { createInstruments, type Instruments, type ProcessInstruments, setTotal } from '../../web/index.ts';
import type { IncidentCounts } from '../api/list-incidents.ts';
import type { BoardCounts } from '../board/score-board.ts';
import { backfillProgress, type ExporterStatus } from '../exporter-status.ts';
import type { Exposition } from '../exposition/score-exposition.ts';
import type { Ownership } from '../ownership.ts';

/** What is looked at when the metrics are scraped. */
export interface SelfView {
  readonly nowMs: number;
  readonly status: ExporterStatus;
  readonly withdrawn: boolean;
  readonly counts: BoardCounts;
  readonly incidents: IncidentCounts;
  readonly exposition: Pick<Exposition, 'series' | 'cappedContributions'>;
  readonly features: FeatureStats;
  readonly modelVersion: string;
  readonly stateBytes: number;
  readonly learned: LearnedStats | undefined;
  readonly historyBytes: number;
  readonly queuedSamples: number;
  readonly longestBlockSeconds: number;
  readonly ownership: Pick<Ownership, 'shard' | 'isGaining'>;
}

export type ExporterInstruments = Instruments<typeof EXPORTER_METRICS> & Instruments<typeof FLOW_METRICS> & ProcessInstruments;

export interface SelfMetrics {
  readonly registry: Registry;
  readonly instruments: ExporterInstruments;
  /** Turns what a source tells into its metrics. */
  onSourceEvent(event: SourceEvent): void;
  /** Brings the gauges that mirror state up to date and renders. */
  render(view: SelfView): Promise<string>;
}

type AnyInstrument = Counter<string> | Gauge<string> | Histogram<string>;

/** Exactly one label value is 1 at a time. */
const setOnly = <L extends string>(gauge: Gauge<L>, label: L, value: string | undefined): void => {
  gauge.reset();
  if (value !== undefined) gauge.set({ [label]: value } as Partial<Record<L, string | number>>, 1);
};

const setFeatures = (m: ExporterInstruments, stats: FeatureStats): void => {
  const single = (total: number) => new Map([[{}, total]]);
  setTotal(m.lateSamples, single(stats.lateSamples));
  setTotal(m.duplicateSamples, single(stats.duplicateSamples));
  setTotal(m.badSamples, single(stats.badSamples));
  setTotal(m.counterResets, single(stats.counterResets));
  setTotal(m.droppedSeries, new Map(Object.entries(stats.droppedSeries).map(([reason, total]) => [{ reason }, total])));
  m.pods.set(stats.pods);
  m.guessedPods.set(stats.guessedPods);
};

const setLoop = (m: ExporterInstruments, { nowMs, status, withdrawn }: SelfView): void => {
  m.ready.set(status.notReady === undefined ? 1 : 0);
  setOnly(m.notReady, 'reason', status.notReady);
  m.scoresWithdrawn.set(withdrawn ? 1 : 0);
  if (status.lastSuccessMs !== undefined) m.lastScore.set(status.lastSuccessMs / 1000);
  if (status.newestSampleMs !== undefined) m.dataAge.set(Math.max(0, (nowMs - status.newestSampleMs) / 1000));
  m.backfillProgress.set(backfillProgress(status));
  const { backfill } = status;
  if (!backfill) return;
  m.backfillDuration.set(((backfill.endedMs ?? nowMs) - backfill.startedMs) / 1000);
  setOnly(m.backfillOutcome, 'outcome', backfill.outcome === 'running' ? undefined : backfill.outcome);
};

const setLearned = (m: ExporterInstruments, stats: LearnedStats | undefined): void => {
  if (!stats) return;
  const { detector, mode } = stats;
  setTotal(m.learnedBatches, new Map([[{ detector }, stats.batches]]));
  setTotal(m.learnedFailures, new Map([[{ detector }, stats.failures]]));
  setTotal(m.learnedAnomalies, new Map([[{ detector, mode }, stats.anomalies]]));
  if (stats.modelChanges) {
    const { accepted, refused } = stats.modelChanges;
    setTotal(
      m.learnedModelChanges,
      new Map([
        [{ outcome: 'accepted' }, accepted],
        [{ outcome: 'refused' }, refused],
      ]),
    );
  }
};

export const createSelfMetrics = (nodeVersion: string): SelfMetrics => {
  const registry = new Registry();
  const m: ExporterInstruments = {
    ...createInstruments(PROCESS_METRICS, registry),
    ...createInstruments(EXPORTER_METRICS, registry),
    ...createInstruments(FLOW_METRICS, registry),
  };
  const source = createInstruments(SOURCE_METRICS, registry);
  const byDefinition = new Map<MetricDefinition, AnyInstrument>(
    (Object.keys(SOURCE_METRICS) as (keyof typeof SOURCE_METRICS)[]).map((key) => [SOURCE_METRICS[key], source[key] as AnyInstrument]),
  );
  m.buildInfo.set({ version: VERSION, nodeversion: nodeVersion }, 1);

  return {
    registry,
    instruments: m,
    onSourceEvent: (event) => {
      for (const { metric, labels, value } of sourceMetricUpdates(event)) {
        const instrument = byDefinition.get(metric);
        if (instrument instanceof Histogram) instrument.observe(labels, value);
        else if (instrument instanceof Gauge) instrument.set(labels, value);
        else instrument?.inc(labels, value);
      }
    },
    render: (view) => {
      setLoop(m, view);
      setFeatures(m, view.features);
      setLearned(m, view.learned);
      setOnly(m.modelInfo, 'version', view.modelVersion);
      const { index, shards } = view.ownership.shard.place;
      m.shards.set({ shard: String(index) }, shards);
      m.adopting.set(view.ownership.isGaining ? 1 : 0);
      m.expectedWorkloads.set(view.counts.expected);
      m.scoredWorkloads.set(view.exposition.series.score);
      m.anomalousWorkloads.set(view.withdrawn || view.status.notReady ? 0 : view.counts.anomalous);
      m.incidents.set({ extent: 'one' }, view.incidents.one);
      m.incidents.set({ extent: 'several' }, view.incidents.several);
      m.incidentWorkloads.set(view.incidents.largest);
      for (const [family, series] of Object.entries(view.exposition.series)) m.exposedSeries.set({ family }, series);
      m.cappedSeries.set({ family: 'contribution' }, view.exposition.cappedContributions);
      m.cappedSeries.set({ family: 'score' }, view.status.cappedWorkloads);
      m.scorerStateBytes.set(view.stateBytes);
      m.historyBytes.set(view.historyBytes);
      m.ingestQueued.set(view.queuedSamples);
      m.eventLoopBlock.set(view.longestBlockSeconds);
      return registry.metrics();
    },
  };
};
