/** Bounds of one series of a batch. */
export const MAX_LABELS = 32;
export const MAX_LABEL_LENGTH = 1024;
export const MAX_SERIES = 20_000;

export const INGEST_REQUEST = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'series'],
  properties: {
    id: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      description: 'Your name for the batch. Sent again with the same content, it changes nothing.',
    },
    series: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_SERIES,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['metric', 'labels', 'samples'],
        properties: {
          metric: { type: 'string', pattern: '^[a-zA-Z_:][a-zA-Z0-9_:]*$', description: 'Name of the metric, as a feature reads it.' },
          labels: {
            type: 'object',
            maxProperties: MAX_LABELS,
            additionalProperties: { type: 'string', maxLength: MAX_LABEL_LENGTH },
            description:
              'Labels as Prometheus would have them: `namespace` and `pod`, or `namespace`, `workload` and `workload_kind`, or `node`.',
          },
          samples: {
            type: 'array',
            minItems: 1,
            items: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
            description: 'Unix seconds and value, times rising.',
          },
        },
      },
    },
  },
} as const;

export const INGEST_RESPONSE = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'duplicate', 'acceptedSamples', 'ignoredSeries'],
  properties: {
    id: { type: 'string' },
    duplicate: { type: 'boolean', description: 'The batch was known; nothing was added.' },
    acceptedSamples: { type: 'integer' },
    ignoredSeries: { type: 'array', items: { type: 'integer' }, description: 'Places of series that no feature reads, at most 100.' },
  },
} as const;
