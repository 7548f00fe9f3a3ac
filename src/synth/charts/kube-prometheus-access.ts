import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Bundle, Overlay } from '../options/bundle.ts';
import { commonLabels, selectorLabels, wave } from './labels.ts';
import { ALERTMANAGER_PODS } from './network-policies.ts';

const API_GROUP = 'rbac.authorization.k8s.io';

/** Ports of the pods of Prometheus or Alertmanager that our processes ask for; none where nobody reads from it. */
const readers = (bundle: Bundle, server: 'prometheus' | 'alertmanager') =>
  bundle.processes.flatMap((process) => {
    const ports = process.declaration.egress.filter(({ to }) => to === server).map(({ port }) => port);
    return ports.length > 0 ? [{ process, ports }] : [];
  });

/**
 * What kube-prometheus forbids by default: its Prometheus may look for targets in three namespaces only, and nobody but Grafana may
 * ask it anything. Policies add up, so its own stay as they are.
 */
export const addKubePrometheusAccessChart = (scope: Construct, bundle: Bundle, overlay: Overlay): Chart => {
  const chart = new Chart(scope, 'kube-prometheus-access', { disableResourceNameHashes: true });
  const name = `${bundle.name}-prometheus`;
  const labels = { ...commonLabels(bundle) };
  const annotations = { ...wave('access') };
  const inOurs = { name, namespace: bundle.namespace, labels, annotations };
  const verbs = ['get', 'list', 'watch'];
  new k8s.KubeRole(chart, 'role', {
    metadata: inOurs,
    rules: [
      { apiGroups: [''], resources: ['services', 'endpoints', 'pods'], verbs },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs },
    ],
  });
  new k8s.KubeRoleBinding(chart, 'role-binding', {
    metadata: inOurs,
    roleRef: { apiGroup: API_GROUP, kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name: overlay.prometheusServiceAccount, namespace: overlay.monitoringNamespace }],
  });
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': bundle.namespace } };
  const pods = { prometheus: { ...overlay.prometheusPodLabels }, alertmanager: { ...ALERTMANAGER_PODS } };
  for (const server of ['prometheus', 'alertmanager'] as const) {
    const asking = readers(bundle, server);
    if (asking.length === 0) continue;
    new k8s.KubeNetworkPolicy(chart, `network-policy-${server}`, {
      metadata: { name: `${bundle.name}-${server}`, namespace: overlay.monitoringNamespace, labels, annotations },
      spec: {
        podSelector: { matchLabels: pods[server] },
        policyTypes: ['Ingress'],
        ingress: asking.map(({ process, ports }) => ({
          from: [{ namespaceSelector, podSelector: { matchLabels: { ...selectorLabels(bundle, process) } } }],
          ports: ports.map((port) => ({ port: k8s.IntOrString.fromNumber(port), protocol: 'TCP' })),
        })),
      },
    });
  }
  return chart;
};
