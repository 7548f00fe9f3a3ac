import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Bundle, Overlay } from '../options/bundle.ts';
import { commonLabels, selectorLabels, wave } from './labels.ts';

const API_GROUP = 'rbac.authorization.k8s.io';

/** Ports of the pods of Prometheus that our processes ask for; none where nobody reads from it. */
const readers = (bundle: Bundle) =>
  bundle.processes.flatMap((process) => {
    const ports = process.declaration.egress.filter(({ to }) => to === 'prometheus').map(({ port }) => port);
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
  new k8s.KubeNetworkPolicy(chart, 'network-policy', {
    metadata: { name, namespace: overlay.monitoringNamespace, labels, annotations },
    spec: {
      podSelector: { matchLabels: { ...overlay.prometheusPodLabels } },
      policyTypes: ['Ingress'],
      ingress: readers(bundle).map(({ process, ports }) => ({
        from: [{ namespaceSelector, podSelector: { matchLabels: { ...selectorLabels(bundle, process) } } }],
        ports: ports.map((port) => ({ port: k8s.IntOrString.fromNumber(port), protocol: 'TCP' })),
      })),
    },
  });
  return chart;
};
