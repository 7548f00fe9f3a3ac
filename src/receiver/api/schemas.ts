import { VERDICT_SOURCE_NAMES, VERDICT_WORDS } from '../../feedback/index.ts';

const NAME = { type: 'string', minLength: 1, maxLength: 253 } as const;
const SECONDS = { type: 'number', minimum: 0, maximum: 1e11 } as const;
const LIMIT = { type: 'integer', minimum: 1, maximum: 1000, default: 100 } as const;
const MINUTES = { type: 'integer', minimum: 1, maximum: 43_200, description: 'From now on; at most 30 days.' } as const;
const REASON = { type: 'string', maxLength: 1000, description: 'Why, in the words of whoever says it.' } as const;

export const ALERT_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    status: { type: 'string', enum: ['firing', 'resolved'], description: 'Only these.' },
    alertname: { ...NAME, description: 'Name of the alert.' },
    namespace: { ...NAME, description: 'Namespace label.' },
    workload: { ...NAME, description: 'Workload label.' },
    workloadKind: { ...NAME, description: 'Kind of the workload.' },
    severity: { ...NAME, description: 'Severity label.' },
    fingerprint: { ...NAME, description: 'All stretches of one alert.' },
    verdict: {
      type: 'string',
      enum: [...VERDICT_WORDS, 'none', 'any'],
      description: 'The verdict in force; `none` for alerts that nobody has judged.',
    },
    from: { ...SECONDS, description: 'Alerts that still fired then or later, unix seconds.' },
    to: { ...SECONDS, description: 'Alerts that began then or before.' },
    text: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      description: 'Words that all occur in labels or annotations, in any case; a page may then be short and still have a next one.',
    },
    limit: { ...LIMIT, description: 'Alerts on a page.' },
    after: { type: 'string', pattern: '^\\d{1,16}_\\d{1,16}_[0-9a-f]{16}-\\d{1,16}$', description: '`next` of the page before.' },
  },
} as const;

export const VERDICT_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    word: { type: 'string', enum: VERDICT_WORDS, description: 'What was said.' },
    source: { type: 'string', enum: VERDICT_SOURCE_NAMES, description: 'How it was said.' },
    namespace: { ...NAME, description: 'Namespace of the workload.' },
    workload: { ...NAME, description: 'Name of the workload.' },
    by: { ...NAME, description: 'Who said it.' },
    alertId: { ...NAME, description: 'Id of the alert it is about.' },
    parent: { ...NAME, description: 'Only those that were propagated from this verdict.' },
    from: { ...SECONDS, description: 'Given then or later, unix seconds.' },
    to: { ...SECONDS, description: 'Given then or before.' },
    inForce: { type: 'boolean', default: false, description: 'Only those that are neither undone nor expired.' },
    limit: { ...LIMIT, description: 'Verdicts on a page.' },
    before: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: '`next` of the page before.' },
  },
} as const;

export const EXPORT_QUERY = {
  ...VERDICT_QUERY,
  properties: {
    ...VERDICT_QUERY.properties,
    limit: { type: 'integer', minimum: 1, maximum: 100_000, default: 10_000, description: 'Most verdicts of one file.' },
    format: { type: 'string', enum: ['csv', 'json'], default: 'csv', description: 'CSV with a head line, or JSON.' },
  },
} as const;

export const FEED_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    log: { type: 'string', maxLength: 100, description: 'Name of the log that `after` belongs to.' },
    after: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0, description: 'Last sequence that is known.' },
    limit: { type: 'integer', minimum: 1, maximum: 1000, default: 1000, description: 'Most entries.' },
  },
} as const;

export const UNDO_BODY = { type: 'object', additionalProperties: false, properties: { reason: REASON } } as const;

export const SILENCE_BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['alert', 'minutes'],
  properties: {
    alert: { ...NAME, description: 'Id of the alert; the silence is over the labels that name it.' },
    minutes: MINUTES,
    word: {
      type: 'string',
      enum: ['confirmed', 'expected', 'false_alarm', 'new_trend'],
      description: 'A verdict that goes with it; without one it only acknowledges.',
    },
    reason: REASON,
  },
} as const;

export const EXTEND_BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['minutes'],
  properties: { minutes: MINUTES },
} as const;
export const ACKNOWLEDGE_BODY = { type: 'object', additionalProperties: false, properties: { minutes: MINUTES, reason: REASON } } as const;

export const LINK_BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['alert', 'for'],
  properties: {
    alert: { ...NAME, description: 'Id of the alert.' },
    for: { type: 'string', minLength: 1, maxLength: 100, description: 'Who it is for; stands in the verdict as its author.' },
    word: {
      type: 'string',
      enum: ['confirmed', 'expected', 'false_alarm', 'new_trend'],
      description: 'The word it says; the page asks where absent.',
    },
  },
} as const;

/** Form of the file of labelled events that `bellwether train --events` takes: their time is left out. */
export const MASK_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    from: { ...SECONDS, default: 0, description: 'Stretches that end then or later, unix seconds.' },
    to: { ...SECONDS, default: 1e11, description: 'Stretches that begin then or before.' },
    limit: { ...LIMIT, description: 'Most stretches.' },
    format: {
      type: 'string',
      enum: ['json', 'events'],
      default: 'json',
      description: '`events`: as `bellwether train --events` takes them.',
    },
    stepSeconds: { type: 'integer', minimum: 1, maximum: 86_400, default: 60, description: 'Step of the recording, for `events`.' },
  },
} as const;

export const AUDIT_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    limit: { ...LIMIT, description: 'Lines on a page.' },
    before: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: '`next` of the page before.' },
  },
} as const;
