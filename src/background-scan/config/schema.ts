import { PORTS, SEVERITIES } from '../../conventions/index.ts';
import { type FromSchema, HOST_KEY, type JSONSchema, LOG_SECTION, portKey } from '../../platform/index.ts';
import { SYSTEM_NAMESPACES } from '../../scanner/index.ts';

const DNS_NAME = { type: 'string', minLength: 1, maxLength: 253 } as const;
const count = (fallback: number, maximum: number, description: string) =>
  ({ type: 'integer', minimum: 1, maximum, default: fallback, description }) as const;

const SCAN = {
  type: 'object',
  default: {},
  description: 'What is judged, and how often.',
  properties: {
    intervalSeconds: {
      type: 'number',
      minimum: 1,
      maximum: 604_800,
      default: 900,
      description: 'Time from the start of a scan to the start of the next.',
    },
    excludeNamespaces: {
      type: 'array',
      items: DNS_NAME,
      maxItems: 1000,
      default: [...SYSTEM_NAMESPACES],
      description: 'Nothing in there is judged; policies about other objects still see what is there.',
    },
    secrets: {
      type: 'boolean',
      default: false,
      description: 'List Secrets, too. Their values are never kept; needs the right to list `secrets`, which the bundle does not give.',
    },
    pageSize: count(250, 5000, 'Objects per answer of the API server.'),
    maxObjects: count(
      50_000,
      1_000_000,
      'Objects that are remembered during a scan, about 2 kB each. In a larger cluster policies that look at several objects are left out, and this is told.',
    ),
    attempts: count(3, 20, 'How often a kind is listed before it counts as unread; the kinds before it are not listed again.'),
  },
  additionalProperties: false,
} as const;

const REPORTS = {
  type: 'object',
  default: {},
  description: 'One report per namespace and one for the cluster, with failures only.',
  properties: {
    api: {
      enum: ['openreports', 'wgpolicy', 'none'],
      default: 'openreports',
      description:
        'openreports: `Report` of openreports.io; wgpolicy: `PolicyReport` of wgpolicyk8s.io, for tools that do not know the newer ones. The cluster must have the kind.',
    },
    minSeverity: { enum: SEVERITIES, default: 'low', description: 'Findings below are counted, but not listed.' },
    perObject: count(20, 1000, 'Listed findings of one object, the worst first.'),
    perNamespace: count(500, 1000, 'Listed findings of one namespace, about half a kilobyte each.'),
    total: count(20_000, 1_000_000, 'Listed findings of all reports: they take room in etcd.'),
  },
  additionalProperties: false,
} as const;

const CLUSTER = {
  type: 'object',
  default: {},
  description: 'The cluster, and who scans it.',
  properties: {
    kubeconfig: { type: 'string', minLength: 1, maxLength: 4096, description: 'Path of a kubeconfig, outside a cluster.' },
    namespace: { ...DNS_NAME, description: 'Own namespace, where the Lease is; that of the pod where absent.' },
    lease: { ...DNS_NAME, default: 'bellwether-background-scan', description: 'Lease that one of several replicas holds.' },
    leaseSeconds: { type: 'number', minimum: 1, maximum: 300, default: 15, description: 'After this without a sign another one leads.' },
    policyConfiguration: {
      ...DNS_NAME,
      default: 'default',
      description: 'Name of the PolicyConfiguration resource whose spec wins over the key policy, where there is one; as for the webhook.',
    },
    exceptionMaxDays: { type: 'integer', minimum: 1, maximum: 3650, default: 90, description: 'How far ahead expiresAt may lie.' },
  },
  additionalProperties: false,
} as const;

/** Every key of the file of `bellwether background-scan`; docs/background-scan-configuration.md is made from it. */
export const BACKGROUND_SCAN_CONFIG_SCHEMA = {
  type: 'object',
  properties: {
    policy: {
      type: 'object',
      default: {},
      additionalProperties: true,
      description: 'Which policies are in force: the same keys as in the file of scan --config.',
    },
    scan: SCAN,
    reports: REPORTS,
    metrics: {
      type: 'object',
      default: {},
      description: 'What Prometheus gets.',
      properties: { maxSeries: count(2000, 100_000, 'Series of findings by policy, severity and namespace; the rest is added up.') },
      additionalProperties: false,
    },
    cluster: CLUSTER,
    listen: {
      type: 'object',
      default: {},
      description: 'Addresses and ports.',
      properties: {
        host: HOST_KEY,
        selfPort: portKey(PORTS.backgroundScanSelf, 'Port of metrics, /healthz, /readyz; 0 takes any free one.'),
      },
      additionalProperties: false,
    },
    log: LOG_SECTION,
  },
  additionalProperties: false,
} as const satisfies JSONSchema;

/** A checked configuration with its defaults filled in; what `policy` holds is checked by `parsePolicyConfig`. */
export type BackgroundScanConfig = FromSchema<typeof BACKGROUND_SCAN_CONFIG_SCHEMA>;

/** A configuration as a person writes it. */
export type BackgroundScanConfigInput = { readonly [K in keyof BackgroundScanConfig]?: Partial<BackgroundScanConfig[K]> };
