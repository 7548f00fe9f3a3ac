import { VERDICT_SCHEMA } from '../../../feedback/index.ts';

/** What was learned from verdicts. */
export const KNOWN_VERDICTS = {
  type: 'object',
  additionalProperties: false,
  required: ['items'],
  properties: {
    items: {
      type: 'array',
      description: 'By workload, newest first.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['verdict', 'state', 'strength'],
        properties: {
          verdict: VERDICT_SCHEMA,
          state: {
            type: 'string',
            enum: ['learned', 'no_window', 'unknown_workload', 'faded'],
            description:
              '`learned`: it changes scores of windows alike; `no_window`: nothing is known of its time, so it changes none; `unknown_workload`: it waits for its workload; `faded`: expired or worn off.',
          },
          strength: { type: 'number', description: 'How much it counts now, 0 to 1.' },
        },
      },
    },
  },
} as const;
