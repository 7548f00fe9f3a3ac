import { PORTS } from '../../conventions/index.ts';
import { HOST_KEY, portKey } from '../../platform/index.ts';

export const LISTEN_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Addresses and ports. Port 0 takes any free one and logs it.',
  properties: {
    host: HOST_KEY,
    scoresPort: portKey(PORTS.scores, '`/metrics` with the scores alone, to be scraped with honorLabels.'),
    selfPort: portKey(PORTS.exporterSelf, '`/metrics` of the exporter itself, `/healthz` and `/readyz`.'),
    apiPort: portKey(PORTS.exporterApi, 'The page and `/api/v1`.'),
  },
} as const;

export const API_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'The API and the page.',
  properties: {
    tokenFile: {
      type: 'string',
      minLength: 1,
      description: 'File with the token that `POST /api/v1/ingest` asks for as `Authorization: Bearer`; read again when it changes.',
    },
    maxBodyBytes: {
      type: 'integer',
      minimum: 1024,
      maximum: 67108864,
      default: 4194304,
      description: 'Largest request body.',
    },
    replayHours: {
      type: 'number',
      minimum: 1,
      maximum: 168,
      default: 24,
      description: 'Past that is replayed from Prometheus to explain an instant older than the history in memory.',
    },
    historyHours: {
      type: 'number',
      minimum: 0.1,
      maximum: 48,
      default: 6,
      description: 'Scores kept in memory for explanations; 4 bytes per workload and cycle. Takes effect at start.',
    },
    historyMaxBytes: {
      type: 'integer',
      minimum: 1048576,
      maximum: 4294967296,
      default: 100663296,
      description: 'Bound of the history in memory; where it is reached, metric values of further workloads are not kept.',
    },
  },
} as const;

export const INGEST_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Samples that applications push. They are scored like the ones read: a feature has to read their metric.',
  properties: {
    enabled: { type: 'boolean', default: false, description: 'Accept `POST /api/v1/ingest`; needs `api.tokenFile`.' },
    maxBatchSamples: { type: 'integer', minimum: 1, maximum: 1000000, default: 50000, description: 'Samples in one batch.' },
    maxQueuedSamples: {
      type: 'integer',
      minimum: 1,
      maximum: 10000000,
      default: 500000,
      description: 'Samples that may wait for the next cycle; beyond it a batch is answered with 429 and a time to wait.',
    },
    maxSeries: { type: 'integer', minimum: 1, maximum: 1000000, default: 50000, description: 'Different series pushed within an hour.' },
    maxSampleAgeSeconds: {
      type: 'number',
      minimum: 1,
      maximum: 86400,
      default: 600,
      description: 'Older samples are refused.',
    },
  },
} as const;

export const EXPOSITION_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Bounds of what the scores port shows.',
  properties: {
    maxWorkloads: {
      type: 'integer',
      minimum: 1,
      maximum: 1000000,
      default: 20000,
      description: 'Workloads scored and exposed. Later ones are left out, and counted, until there is room.',
    },
    maxContributions: {
      type: 'integer',
      minimum: 0,
      maximum: 1000000,
      default: 3000,
      description: 'Contribution series over all workloads; the highest scores keep theirs.',
    },
  },
} as const;

export const SHARDING_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Several exporters that share the workloads of one Prometheus, namespace by namespace: see docs/sharding.md.',
  properties: {
    shards: { type: 'integer', minimum: 1, maximum: 64, default: 1, description: 'How many exporters there are.' },
    index: {
      type: 'integer',
      minimum: 0,
      maximum: 63,
      description: 'Which of them this is, from 0; the number at the end of `POD_NAME` where absent, as a StatefulSet gives it.',
    },
  },
} as const;

export const SNAPSHOT_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'What was learned, kept on disk, so that a restart only reads the time in between.',
  properties: {
    path: { type: 'string', minLength: 1, description: 'File of the snapshot; none is kept where absent.' },
    intervalSeconds: { type: 'number', minimum: 10, maximum: 86400, default: 300, description: 'Time between two snapshots.' },
    maxAgeHours: { type: 'number', minimum: 0.1, maximum: 744, default: 24, description: 'An older snapshot is not used.' },
  },
} as const;
