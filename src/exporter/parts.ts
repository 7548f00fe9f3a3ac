import { createFeatureExtractor, type FeatureCatalog, type FeatureExtractor, type PaceOptions } from '../features/index.ts';
import { createFileReader, createMaskReader, createReceiverReader, type MaskReader, type VerdictReader } from '../feedback/index.ts';
import {
  type Clock,
  createHttpClient,
  type HttpClientOptions,
  openReadStream,
  type Random,
  readFile,
  writeFileAtomic,
} from '../platform/index.ts';
import { createPrometheusSource, type PrometheusSourceOptions, type SeriesSource, type SourceListener } from '../prometheus/index.ts';
import { createScorer, type Scorer, type ScorerOptions } from '../scoring/index.ts';
import type { ExporterConfig } from './config/schema.ts';
import { catalogOf } from './feature-catalog.ts';
import type { SnapshotFile } from './snapshot/snapshot-store.ts';

const SECOND_MS = 1000;
/** Tens of thousands of verdicts. */
const MAX_VERDICT_FILE_BYTES = 32 * 1024 * 1024;
const HOUR_MS = 3_600_000;
/** The first stretch of a back-fill: short, as nobody knows yet how many series there are; the next ones follow from what it weighed. */
const FIRST_SLICE_MS = 300_000;

/** How to read from the configured server: credentials for the HTTP client, and the rest. */
export interface ReadingOptions {
  readonly http: HttpClientOptions;
  readonly prometheus: PrometheusSourceOptions;
}

/** Undefined where samples are only pushed. */
export const readingOf = ({ prometheus, backfill, intervalSeconds }: ExporterConfig): ReadingOptions | undefined => {
  const { url, tenant, bearerToken, bearerTokenFile, basicAuth, tls, rung } = prometheus;
  if (url === undefined) return undefined;
  return {
    http: {
      ...(bearerToken === undefined ? {} : { bearerToken }),
      ...(bearerTokenFile === undefined ? {} : { bearerTokenFile }),
      ...(basicAuth ? { basicAuth } : {}),
      ...(tls ? { tls } : {}),
    },
    prometheus: {
      url,
      ...(tenant === undefined ? {} : { tenant }),
      externalLabels: prometheus.externalLabels,
      maxBytes: prometheus.maxBytes,
      timeoutMs: prometheus.timeoutSeconds * SECOND_MS,
      ...(rung === 'auto' ? {} : { rung }),
      rangeStepMs: intervalSeconds * SECOND_MS,
      firstSliceMs: Math.min(FIRST_SLICE_MS, backfill.sliceHours * HOUR_MS),
      maxSliceMs: backfill.sliceHours * HOUR_MS,
    },
  };
};

/** The reader of the configured server; undefined where samples are only pushed. */
export const sourceOf = (
  config: ExporterConfig,
  deps: { readonly clock: Clock; readonly random: Random; readonly onEvent: SourceListener },
): SeriesSource | undefined => {
  const reading = readingOf(config);
  if (!reading) return undefined;
  const http = createHttpClient(reading.http);
  const source = createPrometheusSource({ http, ...deps }, reading.prometheus);
  return {
    read: source.read,
    readSlices: source.readSlices,
    get rung() {
      return source.rung;
    },
    close: async () => {
      await source.close();
      await http.close();
    },
  };
};

/** Where the configured verdicts come from: none, a receiver, a file, or both. `close` frees the connections. */
export const verdictSourcesOf = ({
  feedback,
}: ExporterConfig): {
  readonly sources: readonly VerdictReader[];
  /** Stretches under a limit; only a receiver knows them. */
  readonly masks: MaskReader | undefined;
  close(): Promise<void>;
} => {
  const { url, file, bearerTokenFile, caFile, timeoutSeconds } = feedback;
  const http =
    url === undefined
      ? undefined
      : createHttpClient({
          ...(bearerTokenFile === undefined ? {} : { bearerTokenFile }),
          ...(caFile === undefined ? {} : { tls: { caFile } }),
        });
  return {
    sources: [
      ...(http && url !== undefined ? [createReceiverReader(http, { url, timeoutMs: timeoutSeconds * SECOND_MS })] : []),
      ...(file === undefined ? [] : [createFileReader(() => readFile(file, { maxBytes: MAX_VERDICT_FILE_BYTES }))]),
    ],
    masks: http && url !== undefined ? createMaskReader(http, { url, timeoutMs: timeoutSeconds * SECOND_MS }) : undefined,
    close: async () => {
      await http?.close();
    },
  };
};

export const scorerOptionsOf = ({ scoring, intervalSeconds }: ExporterConfig): ScorerOptions => ({
  stepSeconds: intervalSeconds,
  bank: scoring.bank,
  seed: scoring.seed,
});

/** The parts that know workloads: from one configuration, several can be made, for back-fill, live cycles and replays. */
export interface ScoringParts {
  readonly catalog: FeatureCatalog;
  readonly createExtractor: (pace: PaceOptions) => FeatureExtractor;
  /** The configured scorer, with single options changed for windows and replays. */
  readonly createScorer: (change?: Partial<ScorerOptions>) => Scorer;
  /** Two scorers of equal fingerprints may exchange their states. */
  readonly fingerprint: string;
}

export const scoringPartsOf = (config: ExporterConfig): ScoringParts => {
  const catalog = catalogOf(config.features);
  const options = scorerOptionsOf(config);
  return {
    catalog,
    createExtractor: (pace) => createFeatureExtractor(catalog, pace),
    createScorer: (change = {}) => createScorer({ ...options, ...change }),
    fingerprint: JSON.stringify({ step: options.stepSeconds, bank: options.bank }),
  };
};

export const snapshotFileOf = (path: string): SnapshotFile => ({
  write: (chunks) => writeFileAtomic(path, chunks),
  read: () => openReadStream(path),
});
