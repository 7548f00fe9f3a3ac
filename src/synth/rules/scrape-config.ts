import { SCORE_METRIC_RELABELINGS, scrapedPorts } from '../charts/prometheus-operator.ts';
import type { RelabelConfig } from '../kinds/prometheus-operator.ts';
import type { Bundle, Process } from '../options/bundle.ts';
import { formatDuration } from '../options/duration.ts';

const meta = (name: string): string => `__meta_kubernetes_${name}`;
const plain = ({ action, regex, sourceLabels, targetLabel }: RelabelConfig) => ({
  ...(sourceLabels ? { source_labels: sourceLabels } : {}),
  ...(regex === undefined ? {} : { regex }),
  ...(targetLabel === undefined ? {} : { target_label: targetLabel }),
  action,
});

const keep = (label: string, regex: string): RelabelConfig => ({ action: 'keep', sourceLabels: [meta(label)], regex });
const copy = (label: string, targetLabel: string): RelabelConfig => ({ action: 'replace', sourceLabels: [meta(label)], targetLabel });

const scrapeConfigs = (bundle: Bundle, process: Process) =>
  scrapedPorts(process).map(({ name, scrape }) => ({
    job_name: `${process.fullName}-${name}`,
    metrics_path: scrape.path,
    scrape_interval: formatDuration(bundle.scrape.intervalSeconds),
    scrape_timeout: formatDuration(bundle.scrape.timeoutSeconds),
    sample_limit: bundle.scrape.sampleLimit,
    honor_labels: scrape.honorLabels,
    kubernetes_sd_configs: [{ role: 'endpointslice', namespaces: { names: [bundle.namespace] } }],
    relabel_configs: [
      keep('service_name', process.fullName),
      keep('endpointslice_port_name', name),
      copy('service_name', 'job'),
      // A score is about a workload: the pod that tells it must not look like the one it is about.
      ...(scrape.honorLabels ? [] : [copy('namespace', 'namespace'), copy('pod_name', 'pod')]),
    ].map(plain),
    ...(scrape.honorLabels ? { metric_relabel_configs: SCORE_METRIC_RELABELINGS.map(plain) } : {}),
  }));

/** What a Prometheus without the operator scrapes; a file for its `scrape_config_files`. */
export const plainScrapeConfig = (bundle: Bundle) => ({
  scrape_configs: bundle.processes.flatMap((process) => scrapeConfigs(bundle, process)),
});
