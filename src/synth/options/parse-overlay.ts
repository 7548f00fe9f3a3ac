import type { Overlay, Surroundings } from './bundle.ts';
import type { OverlayName } from './bundle-options.ts';
import { DNS_LABEL, HTTP_URL, LABEL_VALUE, OBJECT_NAME } from './rules-of-names.ts';
import type { OptionSection } from './section.ts';

/** Set by the Prometheus operator on its pods, and by the plain Prometheus chart. */
const PROMETHEUS_PODS = { 'app.kubernetes.io/name': 'prometheus' };

/** What the base assumes. The services are those that the operator makes for every Prometheus and Alertmanager. */
export const BASE_SURROUNDINGS: Surroundings = {
  monitoringNamespace: 'monitoring',
  prometheusUrl: 'http://prometheus-operated.monitoring.svc:9090',
  alertmanagerUrl: 'http://alertmanager-operated.monitoring.svc:9093',
  prometheusPodLabels: PROMETHEUS_PODS,
  preset: 'raw',
  persistence: true,
};

interface Flavour {
  readonly prometheusUrl: (namespace: string, release: string) => string;
  readonly alertmanagerUrl: (namespace: string, release: string) => string;
  readonly preset: 'raw' | 'recorded';
  readonly persistence: boolean;
}

const FLAVOURS: Readonly<Record<OverlayName, Flavour>> = {
  'kube-prometheus-stack': {
    prometheusUrl: (namespace, release) => `http://${stackFullName(release)}-prometheus.${namespace}.svc:9090`,
    alertmanagerUrl: (namespace, release) => `http://${stackFullName(release)}-alertmanager.${namespace}.svc:9093`,
    preset: 'recorded',
    persistence: true,
  },
  // Its service keeps a client on one of the two replicas.
  'kube-prometheus': {
    prometheusUrl: (namespace) => `http://prometheus-k8s.${namespace}.svc:9090`,
    alertmanagerUrl: (namespace) => `http://alertmanager-main.${namespace}.svc:9093`,
    preset: 'recorded',
    persistence: true,
  },
  minimal: {
    prometheusUrl: (namespace) => `http://prometheus.${namespace}.svc:9090`,
    alertmanagerUrl: (namespace) => `http://alertmanager.${namespace}.svc:9093`,
    preset: 'raw',
    persistence: false,
  },
};

/** Name of the chart's objects: the release, with the chart's name unless it is in there, cut to 26 characters. */
const stackFullName = (release: string): string => {
  const chart = 'kube-prometheus-stack';
  return (release.includes(chart) ? release : `${release}-${chart}`).slice(0, 26).replace(/-$/, '');
};

export const parseOverlay = (name: OverlayName, section: OptionSection, recording: boolean): Overlay => {
  const flavour = FLAVOURS[name];
  const monitoringNamespace = section.text('monitoringNamespace', 'monitoring', DNS_LABEL);
  const release = section.text('release', 'kube-prometheus-stack', LABEL_VALUE);
  const preset = section.oneOf('preset', ['raw', 'recorded'], recording ? flavour.preset : 'raw');
  if (preset === 'recorded' && !recording) section.refuse('preset', 'raw while rules.recording is false');
  return {
    name,
    monitoringNamespace,
    release,
    preset,
    prometheusUrl: section.text('prometheusUrl', flavour.prometheusUrl(monitoringNamespace, release), HTTP_URL),
    alertmanagerUrl: section.text('alertmanagerUrl', flavour.alertmanagerUrl(monitoringNamespace, release), HTTP_URL),
    prometheusPodLabels: section.labels('prometheusPodLabels', PROMETHEUS_PODS),
    prometheusServiceAccount: section.text('prometheusServiceAccount', 'prometheus-k8s', OBJECT_NAME),
    certManager: section.flag('certManager', false),
    persistence: section.flag('persistence', flavour.persistence),
  };
};
