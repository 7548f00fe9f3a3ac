/** The shipped workload rule: no `for`, because the best parts of a score last one to three samples. */
export const WORKLOAD_ALERT = {
  name: 'WorkloadAnomalous',
  metric: 'anomaly_score',
  windowSeconds: 300,
  threshold: 1,
  keepFiringForSeconds: 600,
  severity: 'warning',
} as const;

/** The alert about a workload whose flows are those of an attack. */
export const FLOW_ATTACK_ALERT = 'WorkloadFlowAttack';

/** PromQL of the shipped workload rule. */
export const workloadAlertExpr = (): string =>
  `max_over_time(${WORKLOAD_ALERT.metric}[${WORKLOAD_ALERT.windowSeconds / 60}m]) >= ${WORKLOAD_ALERT.threshold}`;
