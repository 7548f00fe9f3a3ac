import { SECONDS, WORKLOAD_IDENTITY } from './shared.ts';

const PEAK = { type: 'number', description: 'Highest score.' } as const;

export const INCIDENTS = {
  type: 'object',
  additionalProperties: false,
  required: ['items'],
  properties: {
    items: {
      type: 'array',
      description: 'Of the last hour, the highest first.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['fromSeconds', 'toSeconds', 'peak', 'lead', 'alarms'],
        properties: {
          fromSeconds: SECONDS,
          toSeconds: SECONDS,
          peak: PEAK,
          lead: { ...WORKLOAD_IDENTITY, description: 'The workload whose alarm came first: where to look first.' },
          alarms: {
            type: 'array',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['workload', 'fromSeconds', 'toSeconds', 'peak'],
              properties: { workload: WORKLOAD_IDENTITY, fromSeconds: SECONDS, toSeconds: SECONDS, peak: PEAK },
            },
          },
        },
      },
    },
  },
} as const;
