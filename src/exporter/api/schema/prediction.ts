import { CONTRIBUTOR, NULLABLE_NUMBER, NULLABLE_STRING } from './shared.ts';

/** A window is scored while the sender waits: about a second of work at most. */
export const MAX_METRICS = 64;
export const MAX_SAMPLES = 5_000;
export const MAX_VALUES = 50_000;

export const PREDICT_REQUEST = {
  type: 'object',
  additionalProperties: false,
  required: ['stepSeconds', 'metrics'],
  properties: {
    stepSeconds: { type: 'number', minimum: 1, maximum: 86_400, description: 'Distance of two samples.' },
    endSeconds: {
      type: 'number',
      minimum: 0,
      maximum: 253_402_300_799,
      description: 'Unix seconds of the last sample; now where absent. The hour of day matters to long windows.',
    },
    metrics: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_METRICS,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'values'],
        properties: {
          name: {
            type: 'string',
            minLength: 1,
            maxLength: 200,
            description: 'Its class, and with it the least deviation that matters, follows from its name.',
          },
          min: { type: 'number', description: 'Physical bound: no band reaches below it.' },
          max: { type: 'number', description: 'Physical bound: no band reaches above it.' },
          values: {
            type: 'array',
            minItems: 1,
            maxItems: MAX_SAMPLES,
            items: NULLABLE_NUMBER,
            description: 'Oldest first; null for a missing sample. All metrics have equally many.',
          },
        },
      },
    },
  },
} as const;

export const PREDICT_RESPONSE = {
  type: 'object',
  additionalProperties: false,
  required: ['score', 'ready', 'reason', 'margin', 'detector', 'modelVersion', 'samples', 'contributors', 'scores'],
  properties: {
    score: { ...NULLABLE_NUMBER, description: 'Score of the last sample, given those before it.' },
    ready: { type: 'boolean' },
    reason: { ...NULLABLE_STRING, description: 'Why there is no score: `warming_up` with fewer than five samples.' },
    margin: NULLABLE_NUMBER,
    detector: NULLABLE_STRING,
    modelVersion: { type: 'string' },
    samples: { type: 'integer' },
    contributors: { type: 'array', items: CONTRIBUTOR },
    scores: { type: 'array', items: NULLABLE_NUMBER, description: 'Score of each sample, null where there was none.' },
  },
} as const;
