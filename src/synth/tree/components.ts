import { Yaml } from 'cdk8s';
import { addAlertmanagerConfigChart } from '../charts/alertmanager-config-chart.ts';
import { addCertManagerChart, caSource, certified } from '../charts/cert-manager-chart.ts';
import { addDashboardConfigMaps, addGrafanaOperatorChart } from '../charts/dashboard-charts.ts';
import { addGatewayChart } from '../charts/gateway-chart.ts';
import { addKubePrometheusAccessChart } from '../charts/kube-prometheus-access.ts';
import { addRulesChart, addServiceMonitorChart } from '../charts/prometheus-operator.ts';
import type { Bundle, Overlay, Surroundings } from '../options/bundle.ts';
import { OVERLAY_NAMES, type OverlayName } from '../options/bundle-options.ts';
import { ruleSets } from '../rules/rule-groups.ts';
import { collectorManifests, collectorMonitors, decoyManifests, decoyMonitors } from './apart.ts';
import type { Component } from './component.ts';
import { chartManifests } from './core-manifests.ts';
import type { KustomizePatch } from './kustomization.ts';
import { labManifests } from './lab.ts';
import { optInComponents } from './opt-in.ts';
import { trainingParts } from './training.ts';

/** Overlays of clusters with the Prometheus operator. */
const WITH_OPERATOR = ['kube-prometheus-stack', 'kube-prometheus'] as const;

/** kube-prometheus-stack looks only at monitors and rules with the label of its Helm release. */
const releasePatch = (release: string): KustomizePatch => ({
  target: { group: 'monitoring.coreos.com', kind: 'ServiceMonitor|PrometheusRule' },
  patch: Yaml.stringify([{ op: 'add', path: '/metadata/labels/release', value: release }]),
});

/** cert-manager gives the process its certificate, and the API server the CA of it. */
const certManager = (bundle: Bundle): Component => ({
  name: 'cert-manager',
  usedBy: bundle.overlays.filter((overlay) => overlay.certManager).map(({ name }) => name),
  files: new Map([['certificates', chartManifests((app) => addCertManagerChart(app, bundle))]]),
  patches: certified(bundle).flatMap(({ process }) =>
    (process.declaration.webhooks ?? []).map(({ kind, name }) => ({
      target: {
        group: 'admissionregistration.k8s.io',
        kind: kind === 'validating' ? 'ValidatingWebhookConfiguration' : 'MutatingWebhookConfiguration',
        name: `${process.fullName}-${name}`,
      },
      patch: Yaml.stringify([
        { op: 'add', path: '/metadata/annotations/cert-manager.io~1inject-ca-from', value: caSource(bundle, process) },
      ]),
    })),
  ),
});

const prometheusOperator = (bundle: Bundle): Component => ({
  name: 'prometheus-operator',
  usedBy: WITH_OPERATOR,
  files: new Map([
    ['service-monitors', chartManifests((app) => addServiceMonitorChart(app, bundle))],
    [
      'rules',
      chartManifests((app) =>
        addRulesChart(
          app,
          bundle,
          ruleSets(bundle).filter(({ name }) => name !== 'watchdog'),
        ),
      ),
    ],
  ]),
});

const watchdog = (bundle: Bundle): Component => ({
  name: 'watchdog',
  // An alert that always fires disturbs everybody where nobody waits for it.
  usedBy: bundle.processes.some(({ declaration }) => declaration.name === 'receiver') ? WITH_OPERATOR : [],
  files: new Map([
    [
      // A name of its own: the chart has all files in one folder.
      'watchdog',
      chartManifests((app) =>
        addRulesChart(
          app,
          bundle,
          ruleSets(bundle).filter(({ name }) => name === 'watchdog'),
        ),
      ),
    ],
  ]),
});

/** The parts that overlays are put together from; what differs between clusters is as the given overlays say, or else as the base assumes. */
export const components = (bundle: Bundle, base: Surroundings): readonly Component[] => {
  const overlayOf = (name: OverlayName): Overlay | undefined => bundle.overlays.find((overlay) => overlay.name === name);
  const stack = overlayOf('kube-prometheus-stack');
  const kubePrometheus = overlayOf('kube-prometheus');
  return [
    prometheusOperator(bundle),
    watchdog(bundle),
    {
      name: 'alertmanager-config',
      usedBy: bundle.routing.enabled ? WITH_OPERATOR : [],
      files: new Map([['route', chartManifests((app) => addAlertmanagerConfigChart(app, bundle, base))]]),
    },
    {
      name: 'grafana-sidecar',
      usedBy: ['kube-prometheus-stack'] as const,
      files: new Map([['dashboards', chartManifests((app) => addDashboardConfigMaps(app, bundle))]]),
    },
    {
      name: 'grafana-operator',
      usedBy: [],
      files: new Map([['dashboards', chartManifests((app) => addGrafanaOperatorChart(app, bundle))]]),
    },
    ...trainingParts(bundle, base),
    { name: 'lab', usedBy: [], files: labManifests(bundle) },
    { name: 'collector', usedBy: bundle.collector.enabled ? OVERLAY_NAMES : [], files: collectorManifests(bundle, base) },
    { name: 'collector-monitor', usedBy: bundle.collector.enabled ? WITH_OPERATOR : [], files: collectorMonitors(bundle) },
    { name: 'decoy', usedBy: bundle.decoy.enabled ? OVERLAY_NAMES : [], files: decoyManifests(bundle, base) },
    { name: 'decoy-monitor', usedBy: bundle.decoy.enabled ? WITH_OPERATOR : [], files: decoyMonitors(bundle) },
    ...optInComponents(bundle, base),
    ...(certified(bundle).length > 0 ? [certManager(bundle)] : []),
    ...(bundle.processes.some(({ route }) => route)
      ? [
          {
            name: 'gateway',
            // Whoever names a Gateway wants the route.
            usedBy: OVERLAY_NAMES,
            files: new Map([['routes', chartManifests((app) => addGatewayChart(app, bundle))]]),
          },
        ]
      : []),
    ...(stack
      ? [
          {
            name: 'kube-prometheus-stack',
            usedBy: ['kube-prometheus-stack'] as const,
            files: new Map(),
            patches: [releasePatch(stack.release)],
          },
        ]
      : []),
    ...(kubePrometheus
      ? [
          {
            name: 'kube-prometheus',
            usedBy: ['kube-prometheus'] as const,
            files: new Map([['access', chartManifests((app) => addKubePrometheusAccessChart(app, bundle, kubePrometheus))]]),
          },
        ]
      : []),
  ];
};
