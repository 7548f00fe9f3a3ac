import { type AlertDeclaration, WATCHDOG_ALERT, WORKLOAD_ALERT } from '../../conventions/index.ts';
import { trainingAlerts } from '../../training/declare.ts';
import type { Bundle } from '../options/bundle.ts';
import { anomalousExpr, stormExpr, sustainedExpr } from './promql.ts';

export const STORM_ALERT = 'BellwetherNamespaceAnomalyStorm';
export const SUSTAINED_ALERT = 'WorkloadAnomalousSustained';

/** Group names begin with this, and nobody else's do. */
export const GROUP_PREFIX = 'bellwether-';

const MINUTE = 60;

/** Alerts that belong to the bundle as a whole and to no process. */
export const bundleAlerts = ({ name, rules, scrape }: Bundle): readonly AlertDeclaration[] => {
  const { sustained, threshold, keepFiringForSeconds } = rules.workload;
  return [
    ...(sustained
      ? [
          {
            name: SUSTAINED_ALERT,
            expr: sustainedExpr(sustained, threshold, scrape.intervalSeconds),
            keepFiringForSeconds,
            severity: 'warning' as const,
            summary: '{{ $labels.workload_kind }} {{ $labels.namespace }}/{{ $labels.workload }} has been anomalous for most of a while',
            description: 'Its anomaly score was at the boundary or above for {{ $value | humanizePercentage }} of the window.',
          },
        ]
      : []),
    {
      name: STORM_ALERT,
      expr: stormExpr(rules),
      keepFiringForSeconds,
      severity: 'info',
      summary: '{{ $value }} workloads of {{ $labels.namespace }} are anomalous at the same time',
      description: 'One cause behind all of them is likely. The alerts of the single workloads are held back while this one fires.',
    },
    {
      name: 'BellwetherRuleEvaluationFailing',
      expr: `sum by (cluster, rule_group) (increase(prometheus_rule_evaluation_failures_total{rule_group=~".*;${GROUP_PREFIX}.*"}[10m])) > 0`,
      forSeconds: 5 * MINUTE,
      severity: 'warning',
      summary: 'Rules of Bellwether fail in Prometheus',
      description: 'The group {{ $labels.rule_group }} cannot be evaluated: what it records is missing, what it watches goes unseen.',
    },
    ...trainingAlerts(name),
  ];
};

export const watchdogAlert = (): AlertDeclaration => ({
  name: WATCHDOG_ALERT,
  expr: 'vector(1)',
  severity: 'none',
  summary: 'This alert always fires',
  description: 'It shows that alerts of Bellwether get from Prometheus over Alertmanager to the receiver. Nobody has to act on it.',
});

/** The workload alert with the window, threshold and severity of the options; all others as they are. */
export const withRuleOptions = (alert: AlertDeclaration, { rules }: Bundle): AlertDeclaration =>
  alert.name === WORKLOAD_ALERT.name
    ? {
        ...alert,
        expr: anomalousExpr(rules),
        keepFiringForSeconds: rules.workload.keepFiringForSeconds,
        severity: rules.workload.severity,
      }
    : alert;
