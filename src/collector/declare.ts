import { COLLECTOR_METRICS, type ModuleDeclaration, PORTS, PROCESS_METRICS, WORKLOAD_EVENT_METRICS } from '../conventions/index.ts';

/** Its own namespace, so that what Pod Security allows there is allowed nowhere else. */
export const collectorNamespace = (bundle: string): string => `${bundle}-collector`;

const COMMON = {
  args: ['collector', '--config', '/etc/bellwether/bellwether.yaml'],
  alerts: [],
  probes: {
    liveness: { port: 'self', path: '/healthz', periodSeconds: 10, failureThreshold: 6 },
    readiness: { port: 'self', path: '/readyz', periodSeconds: 10, failureThreshold: 3 },
  },
} as const;
const CONFIG = { name: 'config', mountPath: '/etc/bellwether', kind: 'config' } as const;
const TOKEN = { name: 'token', mountPath: '/etc/bellwether-token', kind: 'secret', optional: true } as const;
const SELF = {
  name: 'self',
  port: PORTS.collectorSelf,
  purpose: 'Own metrics and probes.',
  scrape: { path: '/metrics', honorLabels: false },
} as const;
const TO_RECEIVER = { to: 'bundle', port: PORTS.receiverApi } as const;

/** On each node: the export of Tetragon, from this folder of the node. */
const nodes = (exportFolder: string): ModuleDeclaration => ({
  ...COMMON,
  name: 'collector',
  workload: { kind: 'DaemonSet' },
  ports: [
    SELF,
    {
      name: 'counts',
      port: PORTS.collectorCounts,
      purpose: 'Counts of events by pod, with the labels of the pod.',
      scrape: { path: '/metrics', honorLabels: true },
    },
  ],
  rbac: [],
  metrics: [PROCESS_METRICS, COLLECTOR_METRICS, WORKLOAD_EVENT_METRICS].flatMap((group) => Object.values(group)),
  volumes: [
    CONFIG,
    TOKEN,
    { name: 'export', mountPath: '/var/run/cilium/tetragon', kind: 'host', hostPath: exportFolder },
    // Lives as long as the pod; without it everything is sent again, and known to the receiver.
    { name: 'state', mountPath: '/var/lib/bellwether', kind: 'empty', size: '16Mi' },
  ],
  asRoot: 'Tetragon writes its export readable for root alone (exportFilePerm 600).',
  egress: [TO_RECEIVER],
  environment: [{ name: 'NODE_NAME', field: 'spec.nodeName' }],
  resources: { cpuRequest: '20m', memoryRequest: '96Mi', memoryLimit: '192Mi' },
});

/** Once per cluster: Kubernetes Events. */
const CLUSTER: ModuleDeclaration = {
  ...COMMON,
  name: 'cluster-events',
  ports: [SELF],
  rbac: [{ apiGroups: [''], resources: ['events'], verbs: ['list', 'watch'], reason: 'To bring Kubernetes Events to the receiver.' }],
  metrics: [PROCESS_METRICS, COLLECTOR_METRICS].flatMap((group) => Object.values(group)),
  volumes: [CONFIG, TOKEN],
  egress: [
    TO_RECEIVER,
    // A policy sees the port of the API server itself, which is either of the two on most clusters.
    { to: 'kubernetes-api', port: 443 },
    { to: 'kubernetes-api', port: 6443 },
  ],
  resources: { cpuRequest: '20m', memoryRequest: '96Mi', memoryLimit: '192Mi' },
};

/** Where Tetragon keeps its export unless it was told otherwise. */
export const TETRAGON_FOLDER = '/var/run/cilium/tetragon';

/** What is collected, and where from. */
export interface CollectorSources {
  readonly tetragon: boolean;
  readonly kubernetes: boolean;
  /** Of the node. */
  readonly exportFolder: string;
}

/** What brings runtime events to the receiver; opt-in. */
export const collectorDeclarations = ({ tetragon, kubernetes, exportFolder }: CollectorSources): readonly ModuleDeclaration[] => [
  ...(tetragon ? [nodes(exportFolder)] : []),
  ...(kubernetes ? [CLUSTER] : []),
];
