import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { EgressDeclaration } from '../../conventions/index.ts';
import type { Bundle, Process, Surroundings } from '../options/bundle.ts';
import { commonLabels, processLabels, selectorLabels, wave } from './labels.ts';

const DNS_PORT = 53;
/** NodeLocal DNSCache answers on this address of the node, outside of every namespace. */
const NODE_LOCAL_DNS = '169.254.20.10/32';
/** Set by the API server on every namespace. */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

const tcp = (port: number): k8s.NetworkPolicyPort => ({ port: k8s.IntOrString.fromNumber(port), protocol: 'TCP' });
const inNamespace = (name: string): k8s.LabelSelector => ({ matchLabels: { [NAMESPACE_NAME]: name } });

const dns = (): k8s.NetworkPolicyEgressRule => ({
  to: [{ namespaceSelector: inNamespace('kube-system') }, { ipBlock: { cidr: NODE_LOCAL_DNS } }],
  ports: [tcp(DNS_PORT), { port: k8s.IntOrString.fromNumber(DNS_PORT), protocol: 'UDP' }],
});

/** The port of a pod, which is what a policy sees; a service may have another. */
const egressRule = ({ to, port }: EgressDeclaration, surroundings: Surroundings): k8s.NetworkPolicyEgressRule => {
  const namespaceSelector = inNamespace(surroundings.monitoringNamespace);
  switch (to) {
    case 'prometheus':
      return { to: [{ namespaceSelector, podSelector: { matchLabels: { ...surroundings.prometheusPodLabels } } }], ports: [tcp(port)] };
    case 'alertmanager':
      return {
        to: [{ namespaceSelector, podSelector: { matchLabels: { 'app.kubernetes.io/name': 'alertmanager' } } }],
        ports: [tcp(port)],
      };
    case 'kubernetes-api':
      // The API server has no pod and, on most clusters, an address that nobody knows before.
      return { ports: [tcp(port)] };
  }
};

const ingressRules = (bundle: Bundle, process: Process, surroundings: Surroundings): k8s.NetworkPolicyIngressRule[] => {
  const { ports } = process.declaration;
  const scraped = ports.filter(({ scrape }) => scrape !== undefined);
  const others = ports.filter(({ scrape }) => scrape === undefined);
  const prometheus = {
    namespaceSelector: inNamespace(surroundings.monitoringNamespace),
    podSelector: { matchLabels: { ...surroundings.prometheusPodLabels } },
  };
  return [
    ...(scraped.length > 0 ? [{ from: [prometheus], ports: scraped.map(({ port }) => tcp(port)) }] : []),
    // `kubectl port-forward` comes from the node and is not stopped; from pods only our own may ask.
    ...(others.length > 0
      ? [
          {
            from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/part-of': bundle.name } } }],
            ports: others.map(({ port }) => tcp(port)),
          },
        ]
      : []),
  ];
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
  for (const process of bundle.processes) {
    new k8s.KubeNetworkPolicy(chart, process.declaration.name, {
      metadata: { name: process.fullName, namespace, labels: { ...processLabels(bundle, process) }, annotations },
      spec: {
        podSelector: { matchLabels: { ...selectorLabels(bundle, process) } },
        policyTypes: ['Ingress', 'Egress'],
        ingress: ingressRules(bundle, process, surroundings),
        egress: [dns(), ...process.declaration.egress.map((rule) => egressRule(rule, surroundings))],
      },
    });
  }
  return chart;
};
