import type { MetricDefinition } from './metric.ts';

/** What the receiver says about mitigations, on its self port. */
export const MITIGATION_METRICS = {
  mitigationEnabled: {
    name: 'bellwether_mitigation_enabled',
    type: 'gauge',
    help: '1 while mitigations may begin: configured, and not switched off.',
    labels: [],
  },
  mitigationsActive: {
    name: 'bellwether_mitigations_active',
    type: 'gauge',
    help: 'Mitigations in force, by mode: dryRun or enforce.',
    labels: ['mode'],
  },
  mitigationsAwaiting: {
    name: 'bellwether_mitigations_awaiting_approval',
    type: 'gauge',
    help: 'Mitigations that wait for a person.',
    labels: [],
  },
  mitigationsApplied: {
    name: 'bellwether_mitigations_applied_total',
    type: 'counter',
    help: 'Mitigations that were applied, by back-end and mode.',
    labels: ['back_end', 'mode'],
  },
  mitigationsReverted: {
    name: 'bellwether_mitigations_reverted_total',
    type: 'counter',
    help: 'Mitigations that were taken back, by cause: expired, revoked, revert_all, harm, not_accepted or failed.',
    labels: ['cause'],
  },
  mitigationsBlocked: {
    name: 'bellwether_mitigations_blocked_total',
    type: 'counter',
    help: 'Mitigations that were held back, by guard: budget_global, cooldown, protected, stale_signal, ...',
    labels: ['guard'],
  },
  mitigatedWorkload: {
    name: 'bellwether_mitigated_workload',
    type: 'gauge',
    help: '1 while a limit that an alert led to turns requests to this workload away: follow-up alerts about it are held back.',
    labels: ['target_namespace', 'workload', 'workload_kind'],
  },
  mitigationsIneffective: {
    name: 'bellwether_mitigations_ineffective',
    type: 'gauge',
    help: 'Mitigations in force that turn nothing away.',
    labels: [],
  },
  mitigationsOverdue: {
    name: 'bellwether_mitigations_overdue',
    type: 'gauge',
    help: 'Mitigations past their end that are not yet taken back.',
    labels: [],
  },
  mitigationStepFailures: {
    name: 'bellwether_mitigation_step_failures_total',
    type: 'counter',
    help: 'Steps of mitigations that failed and are tried again, by phase.',
    labels: ['phase'],
  },
  mitigationOrphans: {
    name: 'bellwether_mitigation_orphans_total',
    type: 'counter',
    help: 'Objects without a mitigation that were found and taken back.',
    labels: [],
  },
  mitigationBreaker: {
    name: 'bellwether_mitigation_breaker_open',
    type: 'gauge',
    help: '1 while the circuit breaker keeps mitigations from beginning.',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>;
