import { validate } from '../../platform/index.ts';
import { EVENT_SOURCES, EVENT_TYPES, type EventFilter } from '../../runtime-events/index.ts';
import { checked, typedQuery } from '../../web/index.ts';

const NAME = { type: 'string', minLength: 1, maxLength: 253 } as const;
const SECONDS = { type: 'number', minimum: 0, maximum: 1e10 } as const;

const FILTERS = {
  source: { type: 'string', enum: EVENT_SOURCES, description: 'Who saw it.' },
  type: { type: 'string', enum: EVENT_TYPES, description: 'What it is.' },
  node: { ...NAME, description: 'Node.' },
  namespace: { ...NAME, description: 'Namespace.' },
  pod: { ...NAME, description: 'Pod.' },
  workload: { ...NAME, description: 'Workload, and pods that are called after it.' },
  policy: { ...NAME, description: 'Tracing policy.' },
  subject: { type: 'string', minLength: 1, maxLength: 1024, description: 'Binary, reason or technique, whole.' },
  from: { ...SECONDS, description: 'At this time or later, unix seconds.' },
  to: { ...SECONDS, description: 'At this time or before.' },
} as const;

const query = <P extends object>(more: P) =>
  ({ type: 'object', additionalProperties: false, properties: { ...FILTERS, ...more } }) as const;

export const EVENT_QUERY = query({
  limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100, description: 'Events on a page.' },
  after: { type: 'string', pattern: '^\\d{1,16}_\\d{1,16}$', description: '`next` of the page before.' },
} as const);

export const EVENT_EXPORT_QUERY = query({
  format: { type: 'string', enum: ['csv', 'json'], default: 'csv', description: 'CSV with a head line, or a JSON object per line.' },
  limit: { type: 'integer', minimum: 1, maximum: 1_000_000, default: 100_000, description: 'Most events of one file, the newest.' },
} as const);

export const EVENT_STREAM_QUERY = query({
  after: {
    type: 'integer',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: '`sequence` of the last event that is known; from now on where absent.',
  },
} as const);

export const EVENT_TREE_QUERY = query({
  limit: { type: 'integer', minimum: 1, maximum: 10_000, default: 2_000, description: 'Most events that the tree is made of, the newest.' },
} as const);

type Given = Readonly<Record<string, unknown>> & { readonly from?: number | undefined; readonly to?: number | undefined };

/** The filter out of a checked query. */
export const filterOf = ({ from, to, limit: _, after: __, format: ___, ...exact }: Given): EventFilter =>
  Object.fromEntries(
    Object.entries({
      ...exact,
      fromMs: from === undefined ? undefined : from * 1000,
      toMs: to === undefined ? undefined : to * 1000,
    }).filter(([, value]) => value !== undefined),
  );

/** A query as its schema wants it; throws FieldError. */
export const eventQueryOf = <
  const S extends typeof EVENT_QUERY | typeof EVENT_EXPORT_QUERY | typeof EVENT_STREAM_QUERY | typeof EVENT_TREE_QUERY,
>(
  schema: S,
  given: Readonly<Record<string, unknown>>,
) => {
  const result = validate(schema, typedQuery(schema.properties, given), { defaults: true });
  return checked(result);
};
