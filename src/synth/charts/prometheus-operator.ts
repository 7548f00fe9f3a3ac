import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PortDeclaration } from '../../conventions/index.ts';
import { addMonitoringObject, type RelabelConfig, type ServiceMonitorSpec } from '../kinds/prometheus-operator.ts';
import type { Bundle, Process } from '../options/bundle.ts';
import { formatDuration } from '../options/duration.ts';
import type { RuleSet } from '../rules/rule-groups.ts';
import { commonLabels, NO_SUBSTITUTION, processLabels, selectorLabels, wave } from './labels.ts';

/** Labels of the scraped pod, which say nothing about the workload that a score is about. */
const TARGET_LABELS = 'pod|service|endpoint|namespace|container';

/** Series of workloads keep their own labels and get none of the target's, so an alert stays the same when the exporter moves. */
export const SCORE_RELABELINGS: readonly RelabelConfig[] = [{ action: 'labeldrop', regex: TARGET_LABELS }];
export const SCORE_METRIC_RELABELINGS: readonly RelabelConfig[] = [{ action: 'labeldrop', regex: 'instance' }];

/** Ports that Prometheus scrapes, with what it needs to know. */
export const scrapedPorts = (process: Process): readonly (PortDeclaration & Required<Pick<PortDeclaration, 'scrape'>>)[] =>
  process.declaration.ports.flatMap((port) => (port.scrape ? [{ ...port, scrape: port.scrape }] : []));

const serviceMonitorSpec = (bundle: Bundle, process: Process): ServiceMonitorSpec => ({
  namespaceSelector: { matchNames: [bundle.namespace] },
  selector: { matchLabels: selectorLabels(bundle, process) },
  sampleLimit: bundle.scrape.sampleLimit,
  endpoints: scrapedPorts(process).map(({ name, scrape }) => ({
    port: name,
    path: scrape.path,
    scheme: 'http',
    interval: formatDuration(bundle.scrape.intervalSeconds),
    scrapeTimeout: formatDuration(bundle.scrape.timeoutSeconds),
    honorLabels: scrape.honorLabels,
    ...(scrape.honorLabels ? { relabelings: SCORE_RELABELINGS, metricRelabelings: SCORE_METRIC_RELABELINGS } : {}),
  })),
});

/** What to scrape, for the Prometheus operator. */
export const addServiceMonitorChart = (scope: Construct, bundle: Bundle): Chart => {
  const chart = new Chart(scope, 'service-monitors', { disableResourceNameHashes: true });
  for (const process of bundle.processes) {
    if (scrapedPorts(process).length === 0) continue;
    const metadata = {
      name: process.fullName,
      namespace: bundle.namespace,
      labels: processLabels(bundle, process),
      annotations: wave('monitoring'),
    };
    addMonitoringObject(chart, 'ServiceMonitor', metadata, serviceMonitorSpec(bundle, process));
  }
  return chart;
};

/** Rules, for the Prometheus operator: one object per set. */
export const addRulesChart = (scope: Construct, bundle: Bundle, sets: readonly RuleSet[]): Chart => {
  const chart = new Chart(scope, 'rules', { disableResourceNameHashes: true });
  for (const { name, groups } of sets) {
    const metadata = {
      name: `${bundle.name}-${name}`,
      namespace: bundle.namespace,
      labels: commonLabels(bundle),
      annotations: { ...wave('monitoring'), ...NO_SUBSTITUTION },
    };
    addMonitoringObject(chart, 'PrometheusRule', metadata, { groups });
  }
  return chart;
};
