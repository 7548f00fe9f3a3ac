import { BellwetherError } from '../../platform/index.ts';
import type { Rung } from '../series-source.ts';
import { MAX_FRAME_BYTES } from '../wire/frame-reader.ts';

/** Where and how to read. Everything about connections and credentials belongs to the HTTP client. */
export interface PrometheusSourceOptions {
  /** Root of the server with its path prefix, for example `http://mimir/prometheus`; `/api/v1/read` and `/api/v1/query` are added. */
  readonly url: string;
  /** Sent as X-Scope-OrgID. */
  readonly tenant?: string;
  /**
   * Names of labels that the server adds to every series of a remote read (`external_labels`), taken off so that identity is the same on every rung
   * and on both of an HA pair. Default: the two that prometheus-operator adds.
   */
  readonly externalLabels?: readonly string[];
  /** Bytes of one answer, on the wire and, for a sampled one, unpacked. */
  readonly maxBytes: number;
  /** For one `read` or one slice, with all its retries and fallbacks. */
  readonly timeoutMs: number;
  /** Samples of one `read` in memory, 16 bytes each. Default 8,000,000. */
  readonly maxSamples?: number;
  /** Bytes of one frame. Default 50,000,000, as Prometheus's own client has it. */
  readonly maxFrameBytes?: number;
  /** Stay on this rung; no ladder. */
  readonly rung?: Rung;
  /** Further tries after an error that may pass. Default 2. */
  readonly retries?: number;
  /** How long a lower rung is used before the higher ones are tried again. Default 10 min. */
  readonly probeIntervalMs?: number;
  /** Step of resampled values, where only `query_range` is left. Default 30 s. */
  readonly rangeStepMs?: number;
  /** Decoded bytes that a slice of `readSlices` aims at. Default 16 MiB. */
  readonly sliceBytes?: number;
  /** Time span of the first slice, and the longest of any. Defaults 1 h and 24 h. */
  readonly firstSliceMs?: number;
  readonly maxSliceMs?: number;
  /** How long a series may be absent and still get the same Labels object. Default 1 h. */
  readonly labelRetentionMs?: number;
}

export type SourceSettings = Required<Omit<PrometheusSourceOptions, 'tenant' | 'rung'>> & Pick<PrometheusSourceOptions, 'tenant' | 'rung'>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Options with their defaults. Throws `invalid_config` on a URL that is none. */
export const sourceSettings = (options: PrometheusSourceOptions): SourceSettings => {
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new BellwetherError('invalid_config', `not an http or https URL: ${options.url}`);
  }
  return {
    externalLabels: ['prometheus', 'prometheus_replica'],
    maxSamples: 8_000_000,
    maxFrameBytes: MAX_FRAME_BYTES,
    retries: 2,
    probeIntervalMs: 10 * MINUTE_MS,
    rangeStepMs: 30_000,
    sliceBytes: 16 * 1024 * 1024,
    firstSliceMs: HOUR_MS,
    maxSliceMs: 24 * HOUR_MS,
    labelRetentionMs: HOUR_MS,
    ...options,
    url: options.url.replace(/\/+$/, ''),
  };
};
