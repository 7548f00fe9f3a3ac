import { VERDICT_FEED_VERSION, VERDICT_SCHEMA, VERDICT_WORDS } from '../../feedback/index.ts';
import { RUNTIME_EVENT } from '../../runtime-events/index.ts';

const SECONDS = { type: 'number', description: 'Unix seconds.' } as const;
const SECONDS_OR_NULL = { type: ['number', 'null'], description: 'Unix seconds; null = not (yet).' } as const;
const TEXTS = { type: 'object', additionalProperties: { type: 'string' } } as const;
const TEXT_OR_NULL = { type: ['string', 'null'] } as const;

const whole = <P extends Readonly<Record<string, unknown>>>(properties: P, optional: readonly (keyof P)[] = []) =>
  ({
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    properties,
  }) as const;

const VERDICT_OF_LOG = {
  ...VERDICT_SCHEMA,
  required: [...VERDICT_SCHEMA.required, 'sequence', 'alertId', 'silenceId', 'undone'],
  properties: {
    ...VERDICT_SCHEMA.properties,
    sequence: { type: 'integer', description: 'Place in the log.' },
    alertId: { ...TEXT_OR_NULL, description: 'The stored alert it is about.' },
    silenceId: TEXT_OR_NULL,
    undone: { oneOf: [whole({ givenSeconds: SECONDS, by: { type: 'string' }, reason: { type: 'string' } }), { type: 'null' }] },
  },
} as const;

const ALERT_PROPERTIES = {
  id: { type: 'string', description: '`fingerprint-start`, for ever.' },
  fingerprint: { type: 'string', pattern: '^[0-9a-f]{16}$' },
  status: { type: 'string', enum: ['firing', 'resolved'] },
  startsSeconds: SECONDS,
  endsSeconds: SECONDS_OR_NULL,
  endReason: { ...TEXT_OR_NULL, description: '`resolved`, `gone` or `superseded`.' },
  labels: TEXTS,
  annotations: TEXTS,
  generatorUrl: { type: 'string' },
  silencedBy: { type: 'array', items: { type: 'string' } },
  receivedSeconds: SECONDS,
  seenSeconds: SECONDS,
  deliveries: { type: 'integer', minimum: 0 },
  verdict: { enum: [...VERDICT_WORDS, null], description: 'The verdict in force.' },
  judgedSeconds: SECONDS_OR_NULL,
} as const;

const page = (name: string, items: unknown, next: unknown) => whole({ [name]: { type: 'array', items }, next });
const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const PLACE = { ...TEXT_OR_NULL, description: 'For `after` of the next page; null = this was the last.' } as const;
const SEQUENCE = { type: ['integer', 'null'], description: 'For `before` of the next page; null = this was the last.' } as const;
/** Kinds of others, passed on as they are. */
const OPEN = { type: 'object' } as const;

const EVENT = {
  ...RUNTIME_EVENT,
  required: [...RUNTIME_EVENT.required, 'sequence'],
  properties: { ...RUNTIME_EVENT.properties, sequence: { type: 'integer', description: 'Place in the order of arrival.' } },
} as const;

const TEXT = { type: 'string' } as const;
const PROCESS = whole({
  execId: TEXT,
  binary: TEXT,
  arguments: TEXT,
  pod: TEXT,
  namespace: TEXT,
  pid: { type: ['integer', 'null'] },
  started: { ...TEXT, description: 'As the source wrote it; empty where it was not seen.' },
  ended: TEXT,
  endedBy: TEXT,
  hits: {
    type: 'array',
    items: whole({ time: TEXT, policy: TEXT, detail: TEXT, action: TEXT }),
    description: 'Tracing policies that it reached.',
  },
  children: { type: 'array', items: reference('Process') },
});

/** What the receiver answers, by name; they refer to each other as the document needs. */
export const ANSWERS = {
  Alert: whole(ALERT_PROPERTIES),
  AlertEvents: whole({ events: { type: 'array', items: reference('RuntimeEvent') } }),
  RuntimeEvent: EVENT,
  EventPage: page('events', reference('RuntimeEvent'), PLACE),
  EventsTaken: whole({ stored: { type: 'integer' }, duplicates: { type: 'integer' } }),
  Process: PROCESS,
  ProcessTree: whole({ processes: { type: 'array', items: reference('Process') }, events: { type: 'integer' } }),
  AlertPage: page('alerts', reference('Alert'), PLACE),
  AlertDetail: whole({
    ...ALERT_PROPERTIES,
    evidence: { ...OPEN, type: ['object', 'null'], description: 'What the exporter explained about its start.' },
    verdicts: { type: 'array', items: reference('Verdict') },
    mitigations: { type: 'array', items: OPEN, description: 'What was done about it.' },
  }),
  Verdict: VERDICT_OF_LOG,
  VerdictPage: page('verdicts', reference('Verdict'), SEQUENCE),
  VerdictGiven: VERDICT_SCHEMA,
  VerdictFeed: whole({
    version: { const: VERDICT_FEED_VERSION },
    log: { type: 'string' },
    entries: { type: 'array', items: { type: 'object', required: ['sequence'] } },
    next: { type: 'integer' },
    more: { type: 'boolean' },
  }),
  Undone: whole({ undone: { type: 'array', items: { type: 'string' } } }),
  Link: whole({ url: { type: 'string' }, untilSeconds: SECONDS }),
  SilenceMade: whole({ silenceId: { type: 'string' }, verdictId: TEXT_OR_NULL }, ['verdictId']),
  SilenceList: whole({ silences: { type: 'array', items: OPEN } }),
  MaskList: whole({
    masks: { type: 'array', items: { ...OPEN, required: ['id', 'namespace', 'workload', 'fromSeconds', 'toSeconds', 'reason', 'author'] } },
  }),
  ChannelList: whole({
    channels: {
      type: 'array',
      items: whole({ name: { type: 'string' }, kind: { type: 'string' }, perHour: { type: 'integer' }, waiting: { type: 'integer' } }),
    },
  }),
  Delivered: whole({ delivered: { const: true } }),
  AuditPage: page(
    'entries',
    whole({
      sequence: { type: 'integer' },
      atSeconds: SECONDS,
      who: { type: 'string' },
      role: { type: 'string' },
      action: { type: 'string' },
      subject: { type: 'string' },
      details: OPEN,
    }),
    SEQUENCE,
  ),
  Mitigation: OPEN,
  Mitigations: OPEN,
} as const;
