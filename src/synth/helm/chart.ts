import { type ModuleDeclaration, VERSION } from '../../conventions/index.ts';
import type { BundleOptions } from '../options/bundle-options.ts';
import { parseOptions } from '../options/parse-options.ts';
import { components } from '../tree/components.ts';
import { coreManifests } from '../tree/core-manifests.ts';
import type { Manifest } from '../tree/manifest.ts';
import { yamlFile } from '../tree/yaml-file.ts';
import { withStandIns } from './stand-ins.ts';
import { helmTemplate } from './template.ts';

const OVERLAY = 'kube-prometheus-stack';

/** Files of templates that a value can leave out. */
const SWITCHES: Readonly<Record<string, string>> = {
  'network-policies': '.Values.networkPolicies.enabled',
  'collector-network-policies': '.Values.networkPolicies.enabled',
  'decoy-network-policies': '.Values.networkPolicies.enabled',
  rules: '.Values.rules.enabled',
  watchdog: '.Values.rules.enabled',
  dashboards: '.Values.dashboards.enabled',
  'service-monitors': '.Values.serviceMonitors.enabled',
  'collector-monitors': '.Values.serviceMonitors.enabled',
  'decoy-monitors': '.Values.serviceMonitors.enabled',
};

const text = (description: string) => ({ type: 'string', description });
const flag = (description: string) => ({
  type: 'object',
  additionalProperties: false,
  properties: { enabled: { type: 'boolean', description } },
});
const section = (properties: Readonly<Record<string, unknown>>) => ({ type: 'object', additionalProperties: false, properties });

/** Helm refuses values that do not fit. */
const valuesSchema = (asksAlertmanager: boolean) => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  // Helm adds `global` when the chart is part of another one.
  properties: {
    global: { type: 'object' },
    image: section({ repository: text('Without tag.'), tag: text('Tag of the image.') }),
    prometheus: section({ url: text('As the exporter reaches it.'), namespace: text('Where Prometheus runs.') }),
    ...(asksAlertmanager ? { alertmanager: section({ url: text('As the processes that ask for alerts reach it.') }) } : {}),
    release: text('Name of the release of kube-prometheus-stack, which its selectors ask for.'),
    exporter: section({ cpuRequest: text('Such as 200m.'), memoryRequest: text('Such as 512Mi.'), memoryLimit: text('Such as 1Gi.') }),
    persistence: section({ storageClass: text('Empty for the default class.') }),
    networkPolicies: flag('Deny all traffic but what is needed.'),
    serviceMonitors: flag('Let the Prometheus operator scrape.'),
    rules: flag('Recording and alerting rules.'),
    dashboards: flag('ConfigMaps for the sidecar of Grafana.'),
  },
  additionalProperties: false,
});

/** A thin chart of what the overlay of kube-prometheus-stack holds, without the namespace, which Helm makes; the rest is options of synth. */
export const helmChart = (options: BundleOptions, declarations: readonly ModuleDeclaration[]): ReadonlyMap<string, string> => {
  const real = parseOptions({ ...options, overlays: { [OVERLAY]: options.overlays?.[OVERLAY] || {} } }, declarations);
  const bundle = parseOptions(withStandIns(options), declarations);
  const [overlay] = bundle.overlays;
  const [realOverlay] = real.overlays;
  const exporter = real.processes.find(({ declaration }) => declaration.name === 'exporter');
  if (!overlay || !realOverlay) return new Map();

  const asksAlertmanager = real.processes.some(({ declaration }) => declaration.egress.some(({ to }) => to === 'alertmanager'));

  const selected = (manifest: Manifest): Manifest =>
    manifest.kind === 'ServiceMonitor' || manifest.kind === 'PrometheusRule'
      ? { ...manifest, metadata: { ...manifest.metadata, labels: { ...manifest.metadata.labels, release: overlay.release } } }
      : manifest;
  const files = new Map([
    ...coreManifests(bundle, overlay),
    ...components(bundle, overlay)
      .filter(({ usedBy }) => usedBy.includes(OVERLAY))
      .flatMap((component) => [...component.files]),
  ]);
  files.delete('namespace');
  const [repository = '', tag = ''] = real.image.reference.split(/:(?=[^/]*$)/);
  const values = {
    image: { repository, tag },
    prometheus: { url: realOverlay.prometheusUrl, namespace: realOverlay.monitoringNamespace },
    ...(asksAlertmanager ? { alertmanager: { url: realOverlay.alertmanagerUrl } } : {}),
    release: realOverlay.release,
    exporter: exporter?.resources ?? {},
    persistence: { storageClass: exporter?.storageClass ?? '' },
    networkPolicies: { enabled: true },
    serviceMonitors: { enabled: true },
    rules: { enabled: true },
    dashboards: { enabled: true },
  };
  const chart = {
    apiVersion: 'v2',
    name: 'bellwether',
    description: 'Anomaly scores for the workloads of a cluster that runs kube-prometheus-stack',
    type: 'application',
    version: VERSION,
    appVersion: VERSION,
    kubeVersion: '>=1.30.0-0',
  };
  return new Map([
    ['Chart.yaml', yamlFile(chart)],
    ['values.yaml', yamlFile(values)],
    ['values.schema.json', `${JSON.stringify(valuesSchema(asksAlertmanager), null, 2)}\n`],
    ...[...files].map(([name, manifests]) => [`templates/${name}.yaml`, helmTemplate(manifests.map(selected), SWITCHES[name])] as const),
  ]);
};
