import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { EgressDeclaration, PortDeclaration } from '../../conventions/index.ts';
import type { Bundle, Process, Surroundings } from '../options/bundle.ts';
import { commonLabels, processLabels, selectorLabels, wave } from './labels.ts';

const DNS_PORT = 53;
/** NodeLocal DNSCache answers on this address of the node, outside of every namespace. */
const NODE_LOCAL_DNS = '169.254.20.10/32';
/** Set by the API server on every namespace. */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Set by the Prometheus operator on its pods. */
export const ALERTMANAGER_PODS = { 'app.kubernetes.io/name': 'alertmanager' } as const;

const tcp = (port: number): k8s.NetworkPolicyPort => ({ port: k8s.IntOrString.fromNumber(port), protocol: 'TCP' });
const inNamespace = (name: string): k8s.LabelSelector => ({ matchLabels: { [NAMESPACE_NAME]: name } });

const dns = (): k8s.NetworkPolicyEgressRule => ({
  to: [{ namespaceSelector: inNamespace('kube-system') }, { ipBlock: { cidr: NODE_LOCAL_DNS } }],
  ports: [tcp(DNS_PORT), { port: k8s.IntOrString.fromNumber(DNS_PORT), protocol: 'UDP' }],
});

type Peer = 'prometheus' | 'alertmanager' | 'own' | 'bundle' | 'anywhere' | 'kubernetes-api';

/** Undefined stands for everybody. */
const peerOf = (peer: Peer, bundle: Bundle, surroundings: Surroundings): k8s.NetworkPolicyPeer | undefined => {
  const namespaceSelector = inNamespace(surroundings.monitoringNamespace);
  switch (peer) {
    case 'prometheus':
      return { namespaceSelector, podSelector: { matchLabels: { ...surroundings.prometheusPodLabels } } };
    case 'alertmanager':
      return { namespaceSelector, podSelector: { matchLabels: { ...ALERTMANAGER_PODS } } };
    case 'own':
      return { podSelector: { matchLabels: { 'app.kubernetes.io/part-of': bundle.name } } };
    case 'bundle':
      return {
        namespaceSelector: inNamespace(bundle.home ?? bundle.namespace),
        podSelector: { matchLabels: { 'app.kubernetes.io/part-of': bundle.name } },
      };
    // The API server has no pod and, on most clusters, an address that nobody knows before.
    case 'kubernetes-api':
    case 'anywhere':
      return undefined;
  }
};

/** The port of a pod, which is what a policy sees; a service may have another. */
const egressRule = ({ to, port }: EgressDeclaration, bundle: Bundle, surroundings: Surroundings): k8s.NetworkPolicyEgressRule => {
  const peer = peerOf(to, bundle, surroundings);
  return { ...(peer ? { to: [peer] } : {}), ports: [tcp(port)] };
};

interface PolicyRule {
  readonly from: k8s.NetworkPolicyPeer[] | undefined;
  readonly ports: k8s.NetworkPolicyPort[];
}

const clientsOf = ({ scrape, from = scrape ? [] : ['own'] }: PortDeclaration): readonly Peer[] => [
  ...(scrape ? ['prometheus' as const] : []),
  ...from,
];

/**
 * One rule for all ports with the same clients. `kubectl port-forward` comes from the node and is not stopped; from pods only those may ask
 * that are named.
 */
const ingressRules = (bundle: Bundle, process: Process, surroundings: Surroundings): k8s.NetworkPolicyIngressRule[] => {
  const rules = new Map<string, PolicyRule>();
  for (const declared of process.declaration.ports) {
    const peers = clientsOf(declared).map((client) => peerOf(client, bundle, surroundings));
    const known = peers.flatMap((peer) => peer ?? []);
    const open = declared.forPeople ? process.openTo.map((name) => ({ namespaceSelector: inNamespace(name) })) : [];
    const from = known.length < peers.length ? undefined : [...known, ...open];
    const key = JSON.stringify(from ?? 'everybody');
    const rule: PolicyRule = rules.get(key) ?? { from, ports: [] };
    rule.ports.push(tcp(declared.port));
    rules.set(key, rule);
  }
  return [...rules.values()].map(({ from, ports }) => ({ ...(from ? { from } : {}), ports }));
};

/** Nothing goes in or out of the namespace, save names, scrapes, and what each process declares. */
export const addNetworkPolicyChart = (scope: Construct, bundle: Bundle, surroundings: Surroundings): Chart => {
  const chart = new Chart(scope, 'network-policies', { disableResourceNameHashes: true });
  const { namespace } = bundle;
  const annotations = { ...wave('access') };
  new k8s.KubeNetworkPolicy(chart, 'default-deny', {
    metadata: { name: `${bundle.name}-default-deny`, namespace, labels: { ...commonLabels(bundle) }, annotations },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
  addProcessPolicies(chart, bundle, bundle.processes, surroundings);
  return chart;
};

/** What each of these processes declares, beside whatever denies all. */
export const addProcessPolicies = (chart: Chart, bundle: Bundle, processes: readonly Process[], surroundings: Surroundings): void => {
  for (const process of processes)
    new k8s.KubeNetworkPolicy(chart, process.declaration.name, {
      metadata: {
        name: process.fullName,
        namespace: bundle.namespace,
        labels: { ...processLabels(bundle, process) },
        annotations: { ...wave('access') },
      },
      spec: {
        podSelector: { matchLabels: { ...selectorLabels(bundle, process) } },
        policyTypes: ['Ingress', 'Egress'],
        ...(process.declaration.ports.length > 0 ? { ingress: ingressRules(bundle, process, surroundings) } : {}),
        egress: [dns(), ...process.declaration.egress.map((rule) => egressRule(rule, bundle, surroundings))],
      },
    });
};
