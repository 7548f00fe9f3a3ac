import { SOURCE_METRICS as M, type MetricDefinition } from '../../conventions/index.ts';
import type { Rung } from '../series-source.ts';
import type { RequestEvent, SourceEvent } from './source-event.ts';

/** What to do to one metric: add `value` to a counter, observe it in a histogram, set a gauge to it. */
export interface MetricUpdate {
  readonly metric: MetricDefinition;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const RUNGS: readonly Rung[] = ['streamed', 'samples', 'query'];

/** The metrics that an event of a source changes. */
export const sourceMetricUpdates = (event: SourceEvent): readonly MetricUpdate[] => {
  switch (event.type) {
    case 'request':
      return requestUpdates(event);
    case 'corrupt':
      return [{ metric: M.corrupt, labels: { rung: event.rung }, value: 1 }];
    case 'retry':
      return [{ metric: M.retries, labels: { code: event.code }, value: 1 }];
    case 'fallback':
      return [{ metric: M.fallbacks, labels: { from: event.from, to: event.to, reason: event.reason }, value: 1 }];
    case 'rung':
      return RUNGS.map((rung) => ({ metric: M.rung, labels: { rung }, value: rung === event.rung ? 1 : 0 }));
  }
};

const requestUpdates = ({ rung, endpoint, code, durationMs, bytes, frames, stats }: RequestEvent): readonly MetricUpdate[] => [
  { metric: M.requests, labels: { rung, endpoint, code }, value: 1 },
  { metric: M.duration, labels: { rung }, value: durationMs / 1000 },
  { metric: M.receivedBytes, labels: { rung }, value: bytes },
  { metric: M.frames, labels: {}, value: frames },
  { metric: M.samples, labels: { rung }, value: stats.samples },
  { metric: M.series, labels: { rung }, value: stats.series },
  { metric: M.staleMarkers, labels: {}, value: stats.staleMarkers },
  { metric: M.droppedSamples, labels: {}, value: stats.droppedSamples },
  { metric: M.histogramSamples, labels: {}, value: stats.histogramSamples },
  { metric: M.duplicateSeries, labels: {}, value: stats.duplicateSeries },
];
