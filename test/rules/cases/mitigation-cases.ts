import { type AlertCases, own, switchCases } from './alert-case.ts';

const BLOCKED = 'bellwether_mitigations_blocked_total{pod="p",guard="budget_global"}';
const REAPED = 'kube_cronjob_status_last_successful_time{namespace="bellwether",cronjob="bellwether-reaper"}';
const MITIGATED =
  'bellwether_mitigated_workload{pod="p",namespace="bellwether",target_namespace="shop",workload="cart",workload_kind="Deployment"}';
const CART = { namespace: 'shop', workload: 'cart', workload_kind: 'Deployment', product: 'bellwether', severity: 'info' };

export const MITIGATION_CASES: AlertCases = {
  BellwetherMitigationBudgetExhausted: [
    {
      kind: 'fires',
      what: 'one is held back by the budget',
      series: { [BLOCKED]: '0x9 1x60' },
      firing: { '5m': [own('warning', { guard: 'budget_global' })], '4m30s': [] },
      says: {
        summary: 'A mitigation was held back by budget_global',
        description: 'As many limits are in force as may be. More trouble than one limit can answer is an incident for people.',
      },
    },
    {
      kind: 'quiet',
      what: 'other guards hold mitigations back every day',
      series: { 'bellwether_mitigations_blocked_total{pod="p",guard="cooldown"}': '0x9 5x60', [BLOCKED]: '3x70' },
      firing: { '5m': [], '20m': [] },
    },
    {
      kind: 'resolves',
      what: 'a quarter of an hour has passed',
      series: { [BLOCKED]: '0x9 1x60' },
      firing: { '19m': [own('warning', { guard: 'budget_global' })], '20m30s': [] },
    },
    { kind: 'missing', what: 'the receiver is gone', series: { [BLOCKED]: '0x2 stale' }, firing: { '5m': [] } },
  ],
  BellwetherMitigationRevertFailed: switchCases('bellwether_mitigations_overdue', [1, 0], 1, own('critical'), {
    summary: '1 mitigations are past their end and still there',
    description:
      'They could not be taken back for more than two minutes. Requests are turned away that nobody means to turn away any more.',
  }),
  BellwetherMitigationIneffective: switchCases('bellwether_mitigations_ineffective', [1, 0], 1, own('warning'), {
    summary: '1 mitigations are in force and turn nothing away',
    description: 'The limit is too high, is not on the way of the traffic, or the trouble is over.',
  }),
  BellwetherMitigationBreakerOpen: switchCases('bellwether_mitigation_breaker_open', [1, 0], 1, own('warning'), {
    summary: 'The circuit breaker keeps mitigations from beginning',
    description: 'A limit did harm, calls to the Kubernetes API fail, or far more alerts come than usual.',
  }),
  BellwetherMitigationReaperLate: [
    {
      kind: 'fires',
      what: 'its last success is more than five minutes ago, for two minutes',
      series: { [REAPED]: '0x60' },
      firing: { '7m30s': [own('warning', { cronjob: 'bellwether-reaper' })], '7m': [] },
      says: {
        summary: 'bellwether-reaper has not run for 7m 30s',
        description:
          'It takes limits, or routes to decoys, back when nobody else does. Without it a limit may outlive its end by as long as the receiver is away.',
      },
    },
    {
      kind: 'quiet',
      what: 'it ran five minutes ago, and a job of somebody else never',
      series: { [REAPED]: '0+30x60', 'kube_cronjob_status_last_successful_time{cronjob="backup"}': '0x60' },
      firing: { '25m': [] },
    },
    {
      kind: 'resolves',
      what: 'it runs again',
      series: { [REAPED]: '0x19 600x10' },
      firing: { '9m30s': [own('warning', { cronjob: 'bellwether-reaper' })], '10m': [] },
    },
    { kind: 'missing', what: 'mitigations are off', series: {}, firing: { '20m': [] } },
  ],
  WorkloadMitigated: [
    {
      kind: 'fires',
      what: 'a limit is in force',
      series: { [MITIGATED]: '1x10' },
      firing: { '0m': [CART] },
      says: {
        summary: 'Deployment shop/cart is under a limit',
        description: 'Requests to it are turned away because of an alert. Further alerts about it are held back until the limit ends.',
      },
    },
    { kind: 'quiet', what: 'the limit has ended', series: { [MITIGATED]: '0x10' }, firing: { '2m': [] } },
    { kind: 'resolves', what: 'it ends', series: { [MITIGATED]: '1x3 stale' }, firing: { '1m30s': [CART], '2m': [] } },
    { kind: 'missing', what: 'the receiver is gone', series: {}, firing: { '2m': [] } },
  ],
};
