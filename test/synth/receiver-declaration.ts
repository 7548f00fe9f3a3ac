import { ALERT_PATH_BROKEN, type ModuleDeclaration, WATCHDOG_LAST_RECEIVED } from '../../src/conventions/index.ts';

/** A process that uses everything a declaration can say, to prove that the synth renders any. */
export const RECEIVER_DECLARATION: ModuleDeclaration = {
  name: 'receiver',
  args: ['receiver', '--config', '/etc/bellwether/bellwether.yaml'],
  ports: [
    { name: 'api', port: 9467, purpose: 'Webhook and pages.', from: ['own', 'alertmanager'], forPeople: true },
    { name: 'self', port: 9468, purpose: 'Own metrics and probes.', scrape: { path: '/metrics', honorLabels: false } },
  ],
  rbac: [
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'update'], ownNamespace: true, reason: 'One leader.' },
    { apiGroups: [''], resources: ['namespaces'], verbs: ['get'], resourceNames: ['shop'], reason: 'To show its labels.' },
  ],
  metrics: [WATCHDOG_LAST_RECEIVED],
  alerts: [ALERT_PATH_BROKEN],
  probes: {
    liveness: { port: 'self', path: '/healthz', periodSeconds: 10, failureThreshold: 3 },
    readiness: { port: 'self', path: '/readyz', periodSeconds: 5, failureThreshold: 2 },
  },
  volumes: [
    { name: 'config', mountPath: '/etc/bellwether', kind: 'config' },
    { name: 'token', mountPath: '/etc/bellwether-token', kind: 'secret' },
    { name: 'scratch', mountPath: '/tmp', kind: 'empty', size: '64Mi' },
  ],
  egress: [
    { to: 'alertmanager', port: 9093 },
    { to: 'kubernetes-api', port: 443 },
  ],
  resources: { cpuRequest: '50m', memoryRequest: '128Mi', memoryLimit: '256Mi' },
};
