import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Bundle, Overlay, Process, Surroundings } from '../options/bundle.ts';
import { commonLabels, selectorLabels, wave } from './labels.ts';
import { ALERTMANAGER_PODS } from './network-policies.ts';

const API_GROUP = 'rbac.authorization.k8s.io';

/** Ports of the pods of Prometheus or Alertmanager that our processes ask for; none where nobody reads from it. */
const readers = (processes: readonly Process[], server: 'prometheus' | 'alertmanager') =>
  processes.flatMap((process) => {
    const ports = process.declaration.egress.filter(({ to }) => to === server).map(({ port }) => port);
    return ports.length > 0 ? [{ process, ports }] : [];
  });

/**
 * What kube-prometheus forbids by default: its Prometheus may look for targets in three namespaces only, and nobody but Grafana may
 * ask it anything. Policies add up, so its own stay as they are.
 */
export const addKubePrometheusAccessChart = (scope: Construct, bundle: Bundle, overlay: Overlay): Chart => {
  const chart = new Chart(scope, 'kube-prometheus-access', { disableResourceNameHashes: true });
  const verbs = ['get', 'list', 'watch'];
  const places = [
    { name: `${bundle.name}-prometheus`, namespace: bundle.namespace },
    ...(['collector', 'decoy'] as const).flatMap((part) => {
      const { enabled, namespace } = bundle[part];
      return enabled ? [{ name: `${bundle.name}-${part}-prometheus`, namespace }] : [];
    }),
  ];
  for (const { name, namespace } of places) {
    const metadata = { name, namespace, labels: { ...commonLabels(bundle) }, annotations: { ...wave('access') } };
    new k8s.KubeRole(chart, `role-${namespace}`, {
      metadata,
      rules: [
        { apiGroups: [''], resources: ['services', 'endpoints', 'pods'], verbs },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs },
      ],
    });
    new k8s.KubeRoleBinding(chart, `role-binding-${namespace}`, {
      metadata,
      roleRef: { apiGroup: API_GROUP, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: overlay.prometheusServiceAccount, namespace: overlay.monitoringNamespace }],
    });
  }
  addReaders(chart, bundle, bundle.processes, overlay);
  return chart;
};

/** Lets processes ask Prometheus and Alertmanager; `part` tells the policies of several sets of processes apart. */
export const addReaders = (chart: Chart, bundle: Bundle, processes: readonly Process[], surroundings: Surroundings, part = ''): void => {
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': bundle.namespace } };
  const pods = { prometheus: { ...surroundings.prometheusPodLabels }, alertmanager: { ...ALERTMANAGER_PODS } };
  for (const server of ['prometheus', 'alertmanager'] as const) {
    const asking = readers(processes, server);
    if (asking.length === 0) continue;
    new k8s.KubeNetworkPolicy(chart, `network-policy-${server}`, {
      metadata: {
        name: `${bundle.name}${part}-${server}`,
        namespace: surroundings.monitoringNamespace,
        labels: { ...commonLabels(bundle) },
        annotations: { ...wave('access') },
      },
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
};
