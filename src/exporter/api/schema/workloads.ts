import { NULLABLE_NUMBER, NULLABLE_STRING, SECONDS, WORKLOAD_IDENTITY } from './shared.ts';

export const WORKLOAD = {
  type: 'object',
  additionalProperties: false,
  required: [
    ...WORKLOAD_IDENTITY.required,
    'score',
    'ready',
    'reason',
    'alerting',
    'peak',
    'timeSeconds',
    'replicas',
    'damped',
    'topMetrics',
  ],
  properties: {
    ...WORKLOAD_IDENTITY.properties,
    score: { ...NULLABLE_NUMBER, description: 'Newest score; 1 or more is an anomaly. Null while there is none.' },
    ready: { type: 'boolean' },
    reason: { ...NULLABLE_STRING, description: 'Why there is no score.' },
    alerting: { type: 'boolean', description: 'Whether the shipped rule would fire now.' },
    peak: { ...NULLABLE_NUMBER, description: 'Highest score of the last 15 minutes.' },
    timeSeconds: SECONDS,
    replicas: { type: 'integer' },
    damped: { type: 'boolean', description: 'A rollout or change of size was seen in the last ten minutes.' },
    topMetrics: { type: 'array', items: { type: 'string' }, description: 'Metrics with the largest shares, at most three.' },
  },
} as const;

export const WORKLOAD_PAGE = {
  type: 'object',
  additionalProperties: false,
  required: ['total', 'offset', 'limit', 'nextOffset', 'items'],
  properties: {
    total: { type: 'integer', description: 'Workloads that match.' },
    offset: { type: 'integer' },
    limit: { type: 'integer' },
    nextOffset: { type: ['integer', 'null'], description: 'Offset of the next page; null on the last.' },
    items: { type: 'array', items: WORKLOAD },
  },
} as const;

/** Query of the list. Values come as text; `typedQuery` makes numbers of them. */
export const WORKLOAD_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    namespace: { type: 'string', maxLength: 253, description: 'Only this namespace.' },
    kind: { type: 'string', maxLength: 63, description: 'Only this kind, for example `Deployment` or `Node`.' },
    q: { type: 'string', maxLength: 200, description: 'Text that a label of the workload contains.' },
    state: { type: 'string', enum: ['anomalous', 'alerting', 'ready', 'not_ready'], description: 'Only workloads in this state.' },
    minScore: { type: 'number', minimum: 0, description: 'Only workloads with at least this score.' },
    sort: { type: 'string', enum: ['score', 'peak', 'name', 'time'], default: 'score', description: 'Order of the list.' },
    order: { type: 'string', enum: ['asc', 'desc'], description: 'Direction; descending for numbers, ascending for names where absent.' },
    limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100, description: 'Workloads on a page.' },
    offset: { type: 'integer', minimum: 0, maximum: 10_000_000, default: 0, description: 'Workloads to leave out.' },
  },
} as const;

export const STATUS = {
  type: 'object',
  additionalProperties: false,
  required: [
    'ready',
    'reason',
    'version',
    'modelVersion',
    'startedSeconds',
    'withdrawn',
    'lastSuccessSeconds',
    'dataAgeSeconds',
    'workloads',
    'backfill',
    'source',
  ],
  properties: {
    ready: { type: 'boolean' },
    reason: NULLABLE_STRING,
    version: { type: 'string' },
    modelVersion: { type: 'string' },
    startedSeconds: SECONDS,
    withdrawn: { type: 'boolean', description: 'No scores are exposed, because too many cycles failed.' },
    lastSuccessSeconds: NULLABLE_NUMBER,
    dataAgeSeconds: NULLABLE_NUMBER,
    workloads: {
      type: 'object',
      additionalProperties: false,
      required: ['expected', 'scored', 'anomalous', 'capped'],
      properties: {
        expected: { type: 'integer' },
        scored: { type: 'integer' },
        anomalous: { type: 'integer' },
        capped: { type: 'integer', description: 'Workloads left out because of `exposition.maxWorkloads`.' },
      },
    },
    backfill: {
      type: 'object',
      additionalProperties: false,
      required: ['outcome', 'progress', 'fromSeconds', 'toSeconds', 'error'],
      properties: {
        outcome: { type: 'string', enum: ['pending', 'running', 'complete', 'abandoned', 'disabled'] },
        progress: { type: 'number', description: '0 to 1.' },
        fromSeconds: NULLABLE_NUMBER,
        toSeconds: NULLABLE_NUMBER,
        error: NULLABLE_STRING,
      },
    },
    source: {
      type: 'object',
      additionalProperties: false,
      required: ['up', 'rung', 'code', 'error'],
      properties: {
        up: { type: 'boolean' },
        rung: { ...NULLABLE_STRING, description: 'How samples are read: streamed, samples or query.' },
        code: NULLABLE_STRING,
        error: NULLABLE_STRING,
      },
    },
  },
} as const;
