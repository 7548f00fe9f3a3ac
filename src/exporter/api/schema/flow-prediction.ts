/** Flows of one request. */
export const MAX_FLOWS = 1_000;

const FLOW = {
  type: 'object',
  minProperties: 1,
  maxProperties: 120,
  description:
    'A flow by the column names of CICFlowMeter, in any style. Every size and rate must be there; null for a number that is not known. Identity columns are optional.',
} as const;

export const PREDICT_FLOW_REQUEST = {
  type: 'object',
  additionalProperties: false,
  required: ['flows'],
  properties: {
    flows: { type: 'array', minItems: 1, maxItems: MAX_FLOWS, items: FLOW, description: 'In order of their start.' },
  },
} as const;

export const PREDICT_FLOW_RESPONSE = {
  type: 'object',
  additionalProperties: false,
  required: ['modelVersion', 'results'],
  properties: {
    modelVersion: { type: 'string' },
    results: {
      type: 'array',
      description: 'One per flow, in their order.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['class', 'score', 'reasons'],
        properties: {
          class: { type: 'string', description: '`benign` below 1, else the family, or `unknown` where the model knows no names.' },
          score: { type: 'number', description: '1 is the boundary of the model.' },
          reasons: {
            type: 'array',
            description: 'The fields that disagree most; empty for a benign flow.',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['column', 'observed', 'expected', 'share'],
              properties: {
                column: { type: 'string' },
                observed: { type: 'number' },
                expected: { type: 'number' },
                share: { type: 'number' },
              },
            },
          },
        },
      },
    },
  },
} as const;
