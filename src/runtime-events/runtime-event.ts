import type { FromSchema } from '../platform/index.ts';

/** Where an event comes from. */
export const EVENT_SOURCES = ['tetragon', 'kubernetes', 'decoy'] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

/**
 * What happened, by source. `exec`, `exit`: a process began or ended. `policy`: a hook of a tracing policy was reached. `throttle`, `loader`: what Tetragon says
 * besides. `normal`, `warning`: a Kubernetes Event. `hit`: a request to a decoy.
 */
export const EVENT_TYPES = ['exec', 'exit', 'policy', 'loader', 'throttle', 'normal', 'warning', 'hit'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Names of Kubernetes are shorter; whoever sends more is none of ours. */
const NAME = { type: 'string', maxLength: 253 } as const;
/** Tetragon writes the host, a time and a number in base64. */
const EXEC_ID = { type: 'string', maxLength: 256 } as const;
export const MAX_SUBJECT = 1024;
export const MAX_DETAIL = 4096;

/** One event on its way and in the store. Texts that are not known are empty. */
export const RUNTIME_EVENT = {
  type: 'object',
  additionalProperties: false,
  required: [
    'id',
    'source',
    'type',
    'time',
    'timeMs',
    'node',
    'namespace',
    'pod',
    'container',
    'workload',
    'workloadKind',
    'subject',
    'detail',
    'policy',
    'action',
    'execId',
    'parentExecId',
    'pid',
    'uid',
    'count',
  ],
  properties: {
    id: { type: 'string', minLength: 8, maxLength: 100, description: 'The same for the same event, however often it is sent.' },
    source: { type: 'string', enum: EVENT_SOURCES, description: 'Who saw it.' },
    type: { type: 'string', enum: EVENT_TYPES, description: 'What it is.' },
    time: { type: 'string', minLength: 1, maxLength: 64, description: 'As the source wrote it, with all its digits.' },
    timeMs: { type: 'number', minimum: 0, maximum: 7_258_118_400_000, description: 'The same as unix milliseconds.' },
    node: { ...NAME, description: 'Node it happened on.' },
    namespace: { ...NAME, description: 'Namespace.' },
    pod: { ...NAME, description: 'Pod.' },
    container: { ...NAME, description: 'Container.' },
    workload: { ...NAME, description: 'Workload of the pod, where the source knows it.' },
    workloadKind: { type: 'string', maxLength: 63, description: 'Its kind.' },
    subject: { type: 'string', maxLength: MAX_SUBJECT, description: 'Binary, reason of a Kubernetes Event, or technique of a hit.' },
    detail: { type: 'string', maxLength: MAX_DETAIL, description: 'Arguments, what a hook was called with, message or request.' },
    policy: { ...NAME, description: 'Tracing policy that asked for it.' },
    action: { type: 'string', maxLength: 63, description: 'What the policy did: post, sigkill, override, ...' },
    execId: { ...EXEC_ID, description: 'Name of the process, unique over nodes and time.' },
    parentExecId: { ...EXEC_ID, description: 'Name of the process that started it.' },
    pid: { type: ['integer', 'null'], minimum: 0, maximum: 4_294_967_295, description: 'Process number on the node.' },
    uid: { type: ['integer', 'null'], minimum: 0, maximum: 4_294_967_295, description: 'User number.' },
    count: { type: 'integer', minimum: 1, maximum: 1_000_000_000, description: 'How often it happened, for events that are repeated.' },
  },
} as const;

export type RuntimeEvent = FromSchema<typeof RUNTIME_EVENT>;

/** Why a line or an object is no event; the label of a metric. */
export const REFUSALS = ['too_long', 'not_json', 'not_an_event', 'wrong_type', 'bad_time'] as const;
export type Refusal = (typeof REFUSALS)[number];

export type ParsedEvent = { readonly event: RuntimeEvent } | { readonly refused: Refusal };

/** Most events of one batch, and its size as JSON: a batch of the longest events still fits. */
export const MAX_BATCH_EVENTS = 500;
export const MAX_BATCH_BYTES = 8 * 2 ** 20;

/** What a collector sends: `node` tells who it is also where nothing happened. */
export const EVENT_BATCH = {
  type: 'object',
  additionalProperties: false,
  required: ['node', 'events'],
  properties: {
    node: { type: 'string', minLength: 1, maxLength: 253, description: 'Name of the node, or of the decoy or reader that sends.' },
    events: {
      type: 'array',
      maxItems: MAX_BATCH_EVENTS,
      items: RUNTIME_EVENT,
      description: 'Events; none at all says that the sender lives.',
    },
  },
} as const;

export type EventBatch = FromSchema<typeof EVENT_BATCH>;

/** Path under which a receiver takes batches and gives events. */
export const EVENTS_PATH = '/api/v1/events';
