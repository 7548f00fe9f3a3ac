import { SOURCE_METRICS } from '../../conventions/index.ts';
import type { SourceEvent } from './source-event.ts';
import { sourceMetricUpdates } from './source-metric-updates.ts';

const stats = { samples: 5, series: 2, staleMarkers: 1, droppedSamples: 3, histogramSamples: 4, duplicateSeries: 6 };
const events: SourceEvent[] = [
  { type: 'request', rung: 'streamed', endpoint: 'read', code: 'ok', durationMs: 250, bytes: 100, frames: 7, stats },
  { type: 'corrupt', rung: 'streamed', message: 'checksum' },
  { type: 'retry', code: 'timeout', delayMs: 10 },
  { type: 'fallback', from: 'streamed', to: 'query', reason: 'unsupported' },
  { type: 'rung', rung: 'query' },
];

describe('sourceMetricUpdates', () => {
  it('uses every metric of the source, each with exactly its labels', () => {
    const updates = events.flatMap(sourceMetricUpdates);
    expect(new Set(updates.map(({ metric }) => metric))).toEqual(new Set(Object.values(SOURCE_METRICS)));
    for (const { metric, labels } of updates) expect(Object.keys(labels).sort()).toEqual([...metric.labels].sort());
  });

  it('carries the figures', () => {
    const [request, corrupt, , fallback, rung] = events.map((event) =>
      sourceMetricUpdates(event).map(({ metric, labels, value }) => [metric.name.replace('bellwether_remote_read_', ''), labels, value]),
    );
    expect(request).toContainEqual(['duration_seconds', { rung: 'streamed' }, 0.25]);
    expect(request).toContainEqual(['samples_total', { rung: 'streamed' }, 5]);
    expect(corrupt).toEqual([['corrupt_answers_total', { rung: 'streamed' }, 1]]);
    expect(fallback).toEqual([['fallbacks_total', { from: 'streamed', to: 'query', reason: 'unsupported' }, 1]]);
    expect(rung!.map(([, , value]) => value)).toEqual([0, 0, 1]);
  });
});
