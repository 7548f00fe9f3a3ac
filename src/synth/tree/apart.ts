import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { addGatewayChart } from '../charts/gateway-chart.ts';
import { commonLabels, wave } from '../charts/labels.ts';
import { addServiceMonitorChart } from '../charts/prometheus-operator.ts';
import type { ApartSettings, Bundle, Surroundings } from '../options/bundle.ts';
import { chartManifests, coreManifests } from './core-manifests.ts';
import type { Manifest } from './manifest.ts';

type Files = ReadonlyMap<string, readonly Manifest[]>;

/** Names of files differ from those of the base: a chart has all files in one folder. */
const prefixed = (files: Files, part: string): Files =>
  new Map([...files].map(([name, manifests]) => [name.startsWith(part) ? name : `${part}-${name}`, manifests]));

const apart = (bundle: Bundle, { namespace, image, processes }: ApartSettings, podSecurity: 'restricted' | 'privileged'): Bundle => ({
  ...bundle,
  namespace,
  image,
  processes,
  home: bundle.namespace,
  podSecurity,
  optIn: [],
});

/** The receiver lets in its own namespace alone; a policy more adds this one. */
const letIn = (bundle: Bundle, part: string, namespace: string): readonly Manifest[] =>
  chartManifests((app) => {
    const receiver = bundle.processes.find(({ declaration }) => declaration.name === 'receiver');
    const chart = new Chart(app, `${part}-access`, { disableResourceNameHashes: true });
    if (!receiver || !bundle.networkPolicies) return chart;
    new k8s.KubeNetworkPolicy(chart, 'policy', {
      metadata: {
        name: `${receiver.fullName}-from-${part}`,
        namespace: bundle.namespace,
        labels: { ...commonLabels(bundle) },
        annotations: { ...wave('access') },
      },
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': bundle.name, 'app.kubernetes.io/component': 'receiver' } },
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }],
            ports: receiver.declaration.ports
              .filter(({ name }) => name === 'api')
              .map(({ port }) => ({ port: k8s.IntOrString.fromNumber(port), protocol: 'TCP' })),
          },
        ],
      },
    });
    return chart;
  });

const manifestsOf = (bundle: Bundle, part: string, inside: Bundle, base: Surroundings): Files =>
  new Map([
    ...prefixed(coreManifests(inside, { ...base, persistence: false, home: bundle.namespace }), part),
    [`${part}-access`, letIn(bundle, part, inside.namespace)],
    ...(inside.processes.some(({ route }) => route)
      ? [[`${part}-routes`, chartManifests((app) => addGatewayChart(app, inside))] as const]
      : []),
  ]);
const monitorsOf = (part: string, inside: Bundle): Files =>
  new Map([[`${part}-monitors`, chartManifests((app) => addServiceMonitorChart(app, inside))]]);

const collector = (bundle: Bundle): Bundle => apart(bundle, bundle.collector, 'privileged');

/** Collectors of runtime events in a namespace of their own, which has to allow folders of nodes. */
export const collectorManifests = (bundle: Bundle, base: Surroundings): Files => manifestsOf(bundle, 'collector', collector(bundle), base);
/** What the Prometheus operator is to scrape of them. */
export const collectorMonitors = (bundle: Bundle): Files => monitorsOf('collector', collector(bundle));

const decoy = (bundle: Bundle): Bundle => apart(bundle, bundle.decoy, 'restricted');

/** The decoy, apart from everything that is real. */
export const decoyManifests = (bundle: Bundle, base: Surroundings): Files => manifestsOf(bundle, 'decoy', decoy(bundle), base);
export const decoyMonitors = (bundle: Bundle): Files => monitorsOf('decoy', decoy(bundle));
