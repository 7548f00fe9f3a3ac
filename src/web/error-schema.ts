import { ERROR_CODES } from '../platform/index.ts';

/** Every answer that is not a success. */
export const ERROR = {
  type: 'object',
  additionalProperties: false,
  required: ['code', 'message'],
  properties: {
    code: { type: 'string', enum: Object.keys(ERROR_CODES), description: 'What went wrong, as a closed set.' },
    message: { type: 'string', description: 'What went wrong, for people.' },
    field: { type: 'string', description: 'The first field that is wrong, for example `metrics[0].values[3]`.' },
  },
} as const;
