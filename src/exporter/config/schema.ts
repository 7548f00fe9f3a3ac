import { type FromSchema, LOG_SECTION } from '../../platform/index.ts';
import { FEEDBACK_SECTION } from './feedback-section.ts';
import { FLOWS_SECTION } from './flows-section.ts';
import { PROMETHEUS_SECTION } from './prometheus-section.ts';
import { BACKFILL_SECTION, FEATURES_SECTION, FRESHNESS_SECTION, SCORING_SECTION } from './scoring-section.ts';
import { API_SECTION, EXPOSITION_SECTION, INGEST_SECTION, LISTEN_SECTION, SHARDING_SECTION, SNAPSHOT_SECTION } from './serving-section.ts';

/** Every key of `bellwether.yaml`, with its bounds, default and meaning; docs/configuration.md is made from it. */
export const CONFIG_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    prometheus: PROMETHEUS_SECTION,
    intervalSeconds: {
      type: 'number',
      minimum: 1,
      maximum: 3600,
      default: 30,
      description: 'Time between two scoring cycles, aligned to the clock. Not below the scrape interval of what is read.',
    },
    backfill: BACKFILL_SECTION,
    features: FEATURES_SECTION,
    scoring: SCORING_SECTION,
    feedback: FEEDBACK_SECTION,
    flows: FLOWS_SECTION,
    freshness: FRESHNESS_SECTION,
    exposition: EXPOSITION_SECTION,
    snapshot: SNAPSHOT_SECTION,
    sharding: SHARDING_SECTION,
    listen: LISTEN_SECTION,
    api: API_SECTION,
    ingest: INGEST_SECTION,
    log: LOG_SECTION,
  },
} as const;

/** A checked configuration with its defaults filled in. */
export type ExporterConfig = FromSchema<typeof CONFIG_SCHEMA>;

type DeepPartial<T> = T extends readonly unknown[] ? T : T extends object ? { readonly [K in keyof T]?: DeepPartial<T[K]> } : T;

/** A configuration as a person writes it. */
export type ConfigInput = DeepPartial<ExporterConfig>;

/**
 * Keys whose change takes effect while running; a key stands for everything below it. All others are built into the parts that
 * hold state, and say that they need a restart.
 */
export const LIVE_KEYS: readonly string[] = [
  'freshness',
  'exposition',
  'snapshot.intervalSeconds',
  'api.maxBodyBytes',
  'api.replayHours',
  'ingest.maxBatchSamples',
  'ingest.maxQueuedSamples',
  'ingest.maxSeries',
  'ingest.maxSampleAgeSeconds',
  'log.level',
];
