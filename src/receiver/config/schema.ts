import { type FromSchema, LOG_SECTION } from '../../platform/index.ts';
import { MITIGATION_SECTION } from './mitigation-section.ts';
import { NOTIFY_SECTION } from './notify-section.ts';
import { AUTH_SECTION, LISTEN_SECTION } from './serving-section.ts';

const FILE = { type: 'string', minLength: 1, maxLength: 4096 } as const;
const URL_TEXT = { type: 'string', minLength: 1, maxLength: 2000, pattern: '^https?://' } as const;

const STORE_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Where alerts and verdicts are kept: a file, or PostgreSQL for more than one replica.',
  properties: {
    path: { ...FILE, description: 'File of the SQLite store. One process owns it.' },
    postgresUrlFile: {
      ...FILE,
      description: 'File with the address of a PostgreSQL database, `postgres://user:password@host:port/name`, instead of `store.path`.',
    },
    maxBytes: {
      type: 'integer',
      minimum: 1048576,
      maximum: 1099511627776,
      default: 1073741824,
      description:
        'The file never grows beyond it. From nine tenths on the oldest resolved alerts are removed. PostgreSQL has limits of its own.',
    },
    keepDays: {
      type: 'number',
      minimum: 0.01,
      maximum: 3650,
      default: 90,
      description: 'Resolved alerts, and lines of the audit log, are removed after this time. Verdicts stay.',
    },
  },
} as const;

const ALERTMANAGER_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Where alerts and silences are looked at, and silences made. Without it only the webhook works.',
  properties: {
    urls: {
      type: 'array',
      items: URL_TEXT,
      maxItems: 20,
      default: [],
      description: 'Every replica of one cluster, each by its own address.',
    },
    pollSeconds: {
      type: 'number',
      minimum: 0.1,
      maximum: 3600,
      default: 30,
      description: 'Time between two looks; a silence becomes a verdict within it.',
    },
    timeoutSeconds: { type: 'number', minimum: 0.1, maximum: 300, default: 10, description: 'For one answer.' },
    bearerTokenFile: { ...FILE, description: 'File with a token for Alertmanager.' },
    caFile: { ...FILE, description: 'PEM file of the authorities that its certificate is checked against.' },
  },
} as const;

const VERDICTS_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'How words of people become verdicts.',
  properties: {
    maxWeightPerDay: {
      type: 'number',
      minimum: 1,
      maximum: 100000,
      default: 50,
      description: 'Most weight that one identity may give within a day; a verdict weighs 1 at most.',
    },
    bulkWorkloads: {
      type: 'integer',
      minimum: 1,
      maximum: 100000,
      default: 20,
      description: 'A silence over more alerts than this says nothing about a single one; an alert tells of it.',
    },
    acknowledgeMinutes: {
      type: 'integer',
      minimum: 1,
      maximum: 10080,
      default: 60,
      description: 'Length of the silence that an acknowledgement makes.',
    },
    linkHours: { type: 'number', minimum: 0.1, maximum: 720, default: 72, description: 'How long a signed link works.' },
  },
} as const;

const EXPORTER_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'The exporter, asked for the explanation of each alert about a workload.',
  properties: {
    url: { ...URL_TEXT, description: 'Its API, for example `http://bellwether-exporter:9466`. Alerts have no explanation where absent.' },
    timeoutSeconds: { type: 'number', minimum: 0.1, maximum: 300, default: 10, description: 'For one answer.' },
  },
} as const;

const EVENTS_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Runtime events that collectors send: what processes do, and what Kubernetes says.',
  properties: {
    keepDays: { type: 'number', minimum: 0.01, maximum: 3650, default: 7, description: 'Events are removed after this time.' },
    maxStored: {
      type: 'integer',
      minimum: 1000,
      maximum: 100_000_000,
      default: 300_000,
      description:
        'Most events that are kept; the oldest go first. An event takes about 1 kB. Where the store is 80 % full, events go before alerts do.',
    },
  },
} as const;

const LEADER_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Which of several replicas takes alerts. Needs PostgreSQL and a Kubernetes API.',
  properties: {
    enabled: {
      type: 'boolean',
      default: false,
      description: 'Take the lead by a Lease; the others answer 503, so that Alertmanager tries again.',
    },
    lease: { type: 'string', minLength: 1, maxLength: 253, default: 'bellwether-receiver', description: 'Name of the Lease.' },
    namespace: { type: 'string', minLength: 1, maxLength: 63, description: 'Its namespace; the one of the pod where absent.' },
    leaseSeconds: {
      type: 'integer',
      minimum: 3,
      maximum: 600,
      default: 15,
      description: 'A leader that has not renewed for this long has lost the lead.',
    },
  },
} as const;

/** Every key of the receiver's `bellwether.yaml`, with its bounds, default and meaning; docs/receiver-configuration.md is made from it. */
export const RECEIVER_CONFIG_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    listen: LISTEN_SECTION,
    auth: AUTH_SECTION,
    store: STORE_SECTION,
    alertmanager: ALERTMANAGER_SECTION,
    verdicts: VERDICTS_SECTION,
    exporter: EXPORTER_SECTION,
    events: EVENTS_SECTION,
    leader: LEADER_SECTION,
    notify: NOTIFY_SECTION,
    mitigation: MITIGATION_SECTION,
    log: LOG_SECTION,
  },
} as const;

/** A checked configuration with its defaults filled in. */
export type ReceiverConfig = FromSchema<typeof RECEIVER_CONFIG_SCHEMA>;

type DeepPartial<T> = T extends readonly (infer Item)[]
  ? readonly DeepPartial<Item>[]
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
    : T;

/** A configuration as a person writes it. */
export type ReceiverConfigInput = DeepPartial<ReceiverConfig>;

/** Keys whose change takes effect while running; all others need a restart. */
export const RECEIVER_LIVE_KEYS: readonly string[] = [
  'store.keepDays',
  'alertmanager.pollSeconds',
  'verdicts',
  'events',
  'notify',
  'auth.requestsPerSecond',
  'auth.sessionHours',
  'log.level',
];
