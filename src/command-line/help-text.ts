import { PORTS } from '../conventions/index.ts';

export const DESCRIPTION =
  'Bellwether reads metrics from Prometheus, learns how each workload usually behaves, and exposes anomaly_score: 1 and above is unlike what it did before.';

/** Printed below the list of commands: what people look for first. */
export const AFTER_HELP = `
Examples:
  $ bellwether demo                                          see an anomaly found and explained, no Prometheus needed
  $ bellwether exporter --prometheus http://127.0.0.1:9090   score what this Prometheus has
  $ bellwether exporter --config bellwether.yaml             the same with everything else set in a file
  $ bellwether scan k8s/                                     judge manifests before they are applied
  $ bellwether record --prometheus URL --out recordings      keep a stretch of a live Prometheus
  $ bellwether evaluate --data F.om.gz --events F.json       replay it and count hits and false alarms

Ports of demo and exporter (on 127.0.0.1, each an option):
  ${PORTS.scores}   /metrics         scores only, scrape with honor_labels: true
  ${PORTS.exporterSelf}   /metrics         Bellwether's own metrics; /healthz, /readyz
  ${PORTS.exporterApi}   /                page: what is anomalous and why; /api/v1/* for programs
  ${PORTS.demoPrometheus}   /api/v1/read    the simulated Prometheus, demo only

Exit codes:
  0  done, or stopped by SIGTERM or SIGINT
  1  failed while running
  2  wrong command line or configuration; the message names the option or key

Results go to standard output, progress and logs to standard error.
Every option of a command: bellwether COMMAND --help`;
