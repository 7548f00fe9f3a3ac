import { PORTS } from '../../conventions/index.ts';
import { type FromSchema, HOST_KEY, LOG_SECTION, portKey } from '../../platform/index.ts';
import { EVENT_TYPES } from '../../runtime-events/index.ts';

const FILE = { type: 'string', minLength: 1, maxLength: 4096 } as const;
const NAMESPACES = { type: 'array', maxItems: 1000, items: { type: 'string', minLength: 1, maxLength: 63 }, default: [] } as const;

/** Every key of a collector's `bellwether.yaml`; docs/collector-configuration.md is made from it. */
export const COLLECTOR_CONFIG_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    node: {
      type: 'string',
      minLength: 1,
      maxLength: 253,
      description: 'Who sends; the environment variable `NODE_NAME`, then `HOSTNAME`, where absent.',
    },
    listen: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Addresses and ports. Port 0 takes any free one and logs it.',
      properties: {
        host: HOST_KEY,
        selfPort: portKey(PORTS.collectorSelf, '`/metrics` of the collector itself, `/healthz` and `/readyz`.'),
        countsPort: portKey(PORTS.collectorCounts, '`/metrics` with the counts of events by pod, nothing else.'),
      },
    },
    receiver: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Where events are sent.',
      properties: {
        url: {
          type: 'string',
          minLength: 1,
          maxLength: 2000,
          pattern: '^https?://',
          default: `http://127.0.0.1:${PORTS.receiverApi}`,
          description: 'Its API.',
        },
        tokenFile: { ...FILE, description: 'File with a token of the role `sender`; read again for each request.' },
        caFile: { ...FILE, description: 'PEM file of the authorities that its certificate is checked against.' },
        timeoutSeconds: { type: 'number', minimum: 0.1, maximum: 300, default: 15, description: 'For one answer.' },
      },
    },
    tetragon: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: "Tetragon's JSON export on this node.",
      properties: {
        enabled: { type: 'boolean', default: false, description: 'Read it.' },
        folder: {
          ...FILE,
          default: '/var/run/cilium/tetragon',
          description: 'Folder of the export files; what Tetragon calls `exportDirectory`.',
        },
        file: {
          type: 'string',
          minLength: 1,
          maxLength: 255,
          pattern: '^[^/]+$',
          default: 'tetragon.log',
          description: 'The file that is written to; rotated ones beside it are read too, compressed ones are not.',
        },
        stateFile: {
          ...FILE,
          default: '/var/lib/bellwether/tetragon.json',
          description: 'Where the places are kept up to which the receiver has everything.',
        },
        maxLineBytes: {
          type: 'integer',
          minimum: 1024,
          maximum: 16_777_216,
          default: 1_048_576,
          description: 'A longer line is passed over and counted.',
        },
        intervalSeconds: {
          type: 'number',
          minimum: 0.05,
          maximum: 300,
          default: 1,
          description: 'Time between two looks where nothing was new.',
        },
        types: {
          type: 'array',
          items: { type: 'string', enum: EVENT_TYPES },
          maxItems: 20,
          default: ['exec', 'exit', 'policy', 'loader', 'throttle'],
          description: 'Only these are sent.',
        },
        excludeNamespaces: { ...NAMESPACES, description: 'Events of pods in these namespaces are not sent.' },
        hostProcesses: { type: 'boolean', default: false, description: 'Send what happens outside of pods, too.' },
      },
    },
    kubernetes: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Kubernetes Events. One collector of a cluster is enough.',
      properties: {
        enabled: { type: 'boolean', default: false, description: 'Watch them; needs the right to list and watch `events`.' },
        excludeNamespaces: { ...NAMESPACES, description: 'Events about objects in these namespaces are not sent.' },
      },
    },
    counts: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Counts by pod, for scores.',
      properties: {
        maxPods: {
          type: 'integer',
          minimum: 1,
          maximum: 100_000,
          default: 1000,
          description: 'Pods with series of their own; a node has 110 unless it was told otherwise.',
        },
        idleMinutes: {
          type: 'number',
          minimum: 1,
          maximum: 10_080,
          default: 60,
          description: 'A pod that is quiet for so long loses its series.',
        },
      },
    },
    log: LOG_SECTION,
  },
} as const;

export type CollectorConfig = FromSchema<typeof COLLECTOR_CONFIG_SCHEMA>;

type DeepPartial<T> = T extends readonly unknown[] ? T : T extends object ? { readonly [K in keyof T]?: DeepPartial<T[K]> } : T;
/** A configuration as a person writes it. */
export type CollectorConfigInput = DeepPartial<CollectorConfig>;
