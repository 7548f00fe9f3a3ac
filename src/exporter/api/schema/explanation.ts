import { CONTRIBUTOR, NULLABLE_NUMBER, NULLABLE_STRING, SECONDS, WORKLOAD_IDENTITY } from './shared.ts';

const SPAN = {
  type: 'object',
  additionalProperties: false,
  required: ['fromSeconds', 'toSeconds'],
  properties: { fromSeconds: SECONDS, toSeconds: SECONDS },
} as const;

const RULE = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'expr', 'firing', 'spans', 'peak', 'why'],
  description: 'The shipped alert rule replayed over the scores.',
  properties: {
    name: { type: 'string' },
    expr: { type: 'string' },
    firing: { type: 'boolean', description: 'Whether it would fire at the instant.' },
    spans: { type: 'array', items: SPAN, description: 'Every span of firing within the scores looked at.' },
    peak: {
      type: ['object', 'null'],
      additionalProperties: false,
      required: ['timeSeconds', 'score'],
      properties: { timeSeconds: SECONDS, score: { type: 'number' } },
      description: "Highest score of the rule's window before the instant.",
    },
    why: { type: 'string', description: 'Why it fires or does not, as a sentence.' },
  },
} as const;

const POINT = {
  type: 'array',
  items: NULLABLE_NUMBER,
  minItems: 2,
  maxItems: 2,
  description: 'Unix seconds and value; null where there was none.',
} as const;

export const EXPLANATION = {
  type: 'object',
  additionalProperties: false,
  required: [
    'workload',
    'timeSeconds',
    'scoredSeconds',
    'source',
    'score',
    'ready',
    'reason',
    'threshold',
    'margin',
    'detector',
    'damped',
    'overload',
    'modelVersion',
    'contributors',
    'window',
    'rule',
  ],
  properties: {
    workload: WORKLOAD_IDENTITY,
    timeSeconds: { ...SECONDS, description: 'The instant asked for, unix seconds.' },
    scoredSeconds: { ...NULLABLE_NUMBER, description: 'The instant of the score in force then.' },
    source: { type: 'string', enum: ['memory', 'replay'], description: 'Remembered, or worked out anew from Prometheus.' },
    score: NULLABLE_NUMBER,
    ready: { type: 'boolean' },
    reason: NULLABLE_STRING,
    threshold: { type: 'number' },
    margin: { ...NULLABLE_NUMBER, description: 'Surprise over the bar before ranking; null where it was not kept.' },
    detector: { ...NULLABLE_STRING, description: 'What set the score.' },
    damped: { type: 'boolean' },
    overload: {
      type: ['object', 'null'],
      additionalProperties: false,
      required: ['kind', 'probabilities', 'reasons'],
      description: 'Of an alarm with more traffic, CPU or waiting than usual: how probable each kind of overload is.',
      properties: {
        kind: { type: 'string', enum: ['dos', 'attack', 'natural'] },
        probabilities: {
          type: 'object',
          additionalProperties: false,
          required: ['dos', 'attack', 'natural'],
          properties: { dos: { type: 'number' }, attack: { type: 'number' }, natural: { type: 'number' } },
        },
        reasons: {
          type: 'array',
          description: 'What speaks for it most, as factors against the usual.',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['reason', 'factor'],
            properties: { reason: { type: 'string' }, factor: { type: 'number' } },
          },
        },
      },
    },
    modelVersion: { type: 'string' },
    contributors: { type: 'array', items: CONTRIBUTOR, description: 'Largest first. Scores up to 0.5 have them in a replay only.' },
    window: {
      type: 'object',
      additionalProperties: false,
      required: ['fromSeconds', 'toSeconds', 'stepSeconds', 'samples'],
      properties: { fromSeconds: SECONDS, toSeconds: SECONDS, stepSeconds: { type: 'number' }, samples: { type: 'integer' } },
    },
    history: { type: 'array', items: POINT, description: 'Scores of the window; with `series=true`.' },
    metrics: {
      type: 'array',
      description: 'Metric values of the window, contributors first; with `series=true`.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['metric', 'unit', 'observed', 'bands'],
        properties: {
          metric: { type: 'string' },
          unit: { type: 'string' },
          observed: { type: 'array', items: POINT },
          bands: {
            type: 'array',
            description: 'Unix seconds, lower, expected, upper, at the instants that were explained.',
            items: { type: 'array', items: NULLABLE_NUMBER, minItems: 4, maxItems: 4 },
          },
        },
      },
    },
    rule: RULE,
  },
} as const;

export const EXPLAIN_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    time: { type: 'string', maxLength: 40, description: 'Unix seconds or RFC 3339; now where absent.' },
    series: { type: 'boolean', default: false, description: 'Add the history of score and metrics.' },
    replay: {
      type: 'boolean',
      default: false,
      description: 'Work it out anew from Prometheus even where it is remembered: contributors of quiet scores, too.',
    },
  },
} as const;
