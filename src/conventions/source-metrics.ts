import type { MetricDefinition } from './metric.ts';

/** Seconds; a tick's read takes tens of milliseconds, a slice of a back-fill seconds. */
const READ_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * What reading from Prometheus costs and how it goes. `rung` is one of streamed, samples, query; `endpoint` one of read, query, query_range;
 * `code` is ok or an error code; `reason` of a fallback one of unsupported, refused, unknown_chunk, limit, probe.
 */
export const SOURCE_METRICS = {
  requests: {
    name: 'bellwether_remote_read_requests_total',
    type: 'counter',
    help: 'HTTP exchanges with Prometheus, by rung, endpoint and how they ended.',
    labels: ['rung', 'endpoint', 'code'],
  },
  duration: {
    name: 'bellwether_remote_read_duration_seconds',
    type: 'histogram',
    help: 'Duration of an exchange with Prometheus, decoding included.',
    labels: ['rung'],
    buckets: READ_BUCKETS,
  },
  receivedBytes: {
    name: 'bellwether_remote_read_received_bytes_total',
    type: 'counter',
    help: 'Bytes of answers from Prometheus, failed ones included.',
    labels: ['rung'],
  },
  frames: {
    name: 'bellwether_remote_read_frames_total',
    type: 'counter',
    help: 'Frames of streamed answers whose checksum was right.',
    labels: [],
  },
  samples: { name: 'bellwether_remote_read_samples_total', type: 'counter', help: 'Samples read.', labels: ['rung'] },
  series: {
    name: 'bellwether_remote_read_series_total',
    type: 'counter',
    help: 'Series read, counted again in every read.',
    labels: ['rung'],
  },
  staleMarkers: {
    name: 'bellwether_remote_read_stale_markers_total',
    type: 'counter',
    help: 'Staleness markers read: ends of series.',
    labels: [],
  },
  droppedSamples: {
    name: 'bellwether_remote_read_dropped_samples_total',
    type: 'counter',
    help: 'Samples left out because they were outside the range or their series already had one at that time.',
    labels: [],
  },
  histogramSamples: {
    name: 'bellwether_remote_read_histogram_samples_skipped_total',
    type: 'counter',
    help: 'Samples of native histograms, which are not read.',
    labels: [],
  },
  duplicateSeries: {
    name: 'bellwether_remote_read_duplicate_series_total',
    type: 'counter',
    help: 'Series left out because, without external labels, they equalled another one of the same answer.',
    labels: [],
  },
  corrupt: {
    name: 'bellwether_remote_read_corrupt_answers_total',
    type: 'counter',
    help: 'Answers rejected as a whole because of a wrong checksum, length, chunk or text behind the last frame.',
    labels: ['rung'],
  },
  retries: {
    name: 'bellwether_remote_read_retries_total',
    type: 'counter',
    help: 'Exchanges tried again, by what went wrong before.',
    labels: ['code'],
  },
  fallbacks: {
    name: 'bellwether_remote_read_fallbacks_total',
    type: 'counter',
    help: 'Reads that went on another way, by where from, where to and why.',
    labels: ['from', 'to', 'reason'],
  },
  rung: {
    name: 'bellwether_remote_read_rung',
    type: 'gauge',
    help: '1 for the way in which the last successful read went, 0 for the others.',
    labels: ['rung'],
  },
} as const satisfies Record<string, MetricDefinition>;
