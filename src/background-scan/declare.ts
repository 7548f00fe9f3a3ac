import {
  type AlertDeclaration,
  BACKGROUND_SCAN_METRICS,
  type ModuleDeclaration,
  PORTS,
  PROCESS_METRICS,
  type RbacRule,
} from '../conventions/index.ts';

const MINUTE = 60;
const m = BACKGROUND_SCAN_METRICS;
const LOOP = '{loop="background_scan"}';
const INTERVAL = `${PROCESS_METRICS.cycleInterval.name}${LOOP}`;
const LAST = `max(${PROCESS_METRICS.cycleLastSuccess.name}${LOOP})`;

const ALERTS: readonly AlertDeclaration[] = [
  {
    name: 'BellwetherBackgroundScanStale',
    // There was a background scan today, and now there is no recent one: it hangs, fails, starts anew all the time, or is gone.
    expr: `max(max_over_time(${INTERVAL}[6h])) unless time() - ${LAST} <= 3 * max(${INTERVAL})`,
    forSeconds: 30 * MINUTE,
    severity: 'warning',
    summary: 'The cluster has not been scanned in the background for a long time',
    description: 'Reports and findings are old: three scans in a row are missing, or there is nobody who scans any more.',
  },
  {
    name: 'BellwetherBackgroundScanIncomplete',
    expr: `max(${m.backgroundScanUnread.name}) > 0`,
    forSeconds: 60 * MINUTE,
    severity: 'warning',
    summary: '{{ $value }} kinds cannot be listed by the background scan',
    description: 'Their objects are not judged, and policies that look at several objects are left out. Most often a right is missing.',
  },
];

const LISTED = 'To judge what is there.';
const listed = (apiGroup: string, ...resources: readonly string[]): RbacRule => ({
  apiGroups: [apiGroup],
  resources,
  verbs: ['list'],
  reason: LISTED,
});

/** Never Secrets: see `scan.secrets`. */
const RIGHTS: readonly RbacRule[] = [
  listed(
    '',
    'namespaces',
    'pods',
    'podtemplates',
    'replicationcontrollers',
    'services',
    'serviceaccounts',
    'configmaps',
    'persistentvolumes',
    'persistentvolumeclaims',
    'resourcequotas',
    'limitranges',
  ),
  listed('apps', 'deployments', 'replicasets', 'statefulsets', 'daemonsets'),
  listed('batch', 'jobs', 'cronjobs'),
  listed('networking.k8s.io', 'ingresses', 'networkpolicies'),
  listed('rbac.authorization.k8s.io', 'roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'),
  listed('policy', 'poddisruptionbudgets'),
  listed('autoscaling', 'horizontalpodautoscalers'),
  listed('storage.k8s.io', 'storageclasses'),
  listed('scheduling.k8s.io', 'priorityclasses'),
  listed('admissionregistration.k8s.io', 'validatingwebhookconfigurations', 'mutatingwebhookconfigurations'),
  listed('gateway.networking.k8s.io', 'gateways', 'httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes', 'udproutes'),
  listed('argoproj.io', 'rollouts', 'applications', 'applicationsets', 'appprojects'),
  listed('source.toolkit.fluxcd.io', 'gitrepositories', 'helmrepositories', 'ocirepositories'),
  listed('networking.istio.io', 'virtualservices'),
  listed('security.istio.io', 'peerauthentications'),
  listed('cert-manager.io', 'certificates'),
  listed('monitoring.coreos.com', 'servicemonitors', 'podmonitors'),
  listed('keda.sh', 'scaledobjects'),
  listed('serving.knative.dev', 'services'),
  {
    apiGroups: ['bellwether.dev'],
    resources: ['policyexceptions', 'policyconfigurations'],
    verbs: ['get', 'list'],
    reason: 'What is accepted, and which policies are in force.',
  },
  {
    apiGroups: ['openreports.io'],
    resources: ['reports', 'clusterreports'],
    verbs: ['list', 'create', 'patch', 'delete'],
    reason: 'Reports are written, and taken away where nothing is found any more.',
  },
  {
    apiGroups: ['wgpolicyk8s.io'],
    resources: ['policyreports', 'clusterpolicyreports'],
    verbs: ['list', 'create', 'patch', 'delete'],
    reason: 'The same with reports.api: wgpolicy.',
  },
  {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    verbs: ['get', 'create', 'update'],
    ownNamespace: true,
    reason: 'One of several replicas scans.',
  },
];

/** What the background scan needs from its cluster; opt-in, since it may read nearly everything. */
export const BACKGROUND_SCAN_DECLARATION: ModuleDeclaration = {
  name: 'background-scan',
  args: ['background-scan', '--config', '/etc/bellwether/bellwether.yaml'],
  replicas: 1,
  ports: [
    { name: 'self', port: PORTS.backgroundScanSelf, purpose: 'Metrics and probes.', scrape: { path: '/metrics', honorLabels: false } },
  ],
  rbac: RIGHTS,
  metrics: [PROCESS_METRICS, BACKGROUND_SCAN_METRICS].flatMap((group) => Object.values(group)),
  alerts: ALERTS,
  probes: {
    startup: { port: 'self', path: '/healthz', periodSeconds: 1, failureThreshold: 30 },
    liveness: { port: 'self', path: '/healthz', periodSeconds: 10, failureThreshold: 6 },
    readiness: { port: 'self', path: '/readyz', periodSeconds: 10, failureThreshold: 3 },
  },
  volumes: [{ name: 'config', mountPath: '/etc/bellwether', kind: 'config' }],
  egress: [
    { to: 'kubernetes-api', port: 443 },
    // The port of the API server's pods, which is what a network policy sees on many clusters.
    { to: 'kubernetes-api', port: 6443 },
  ],
  resources: { cpuRequest: '50m', memoryRequest: '192Mi', memoryLimit: '512Mi' },
};
