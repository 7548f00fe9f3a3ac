import { FLOW_ATTACK_ALERT, WATCHDOG_ALERT, WORKLOAD_ALERT } from '../../conventions/index.ts';
import type { Bundle } from '../options/bundle.ts';
import { PRODUCT_LABEL } from '../rules/alert-rule.ts';
import { STORM_ALERT, SUSTAINED_ALERT } from '../rules/bundle-alerts.ts';

const MITIGATED_ALERT = 'WorkloadMitigated';

/** `value` is a whole-value match, or an anchored regular expression with `=~`. */
export interface Match {
  readonly name: string;
  readonly type: '=' | '=~';
  readonly value: string;
}

export interface Pace {
  readonly groupBy: readonly string[];
  readonly groupWait: string;
  readonly groupInterval: string;
  readonly repeatInterval: string;
}

/** Where alerts go, once, for the AlertmanagerConfig and for a plain configuration. */
export interface RoutePlan extends Pace {
  readonly receiver: string;
  readonly match: readonly Match[];
  readonly watchdog: Pace & { readonly match: readonly Match[] };
  readonly webhook: { readonly sendResolved: boolean; readonly maxAlerts: number; readonly timeout: string };
  readonly inhibits: readonly { readonly source: readonly Match[]; readonly target: readonly Match[]; readonly equal: readonly string[] }[];
}

/** The group interval also bounds how long Alertmanager tries again when the receiver answers 5xx. */
export const routePlan = (bundle: Bundle): RoutePlan => ({
  receiver: bundle.name,
  match: [{ name: PRODUCT_LABEL, type: '=', value: bundle.name }],
  groupBy: ['alertname', 'namespace', 'workload'],
  groupWait: '10s',
  groupInterval: '1m',
  repeatInterval: '1h',
  watchdog: {
    match: [{ name: 'alertname', type: '=', value: WATCHDOG_ALERT }],
    groupBy: ['alertname'],
    groupWait: '1s',
    groupInterval: '1m',
    repeatInterval: '1m',
  },
  // 200 alerts are about 300 kB; what is left out can be asked for at the API of Alertmanager.
  webhook: { sendResolved: true, maxAlerts: 200, timeout: '10s' },
  inhibits: [
    {
      source: [{ name: 'alertname', type: '=', value: STORM_ALERT }],
      target: [{ name: 'alertname', type: '=~', value: `${WORKLOAD_ALERT.name}|${SUSTAINED_ALERT}` }],
      equal: ['namespace'],
    },
    // A workload under a limit is anomalous for as long as the limit bites.
    {
      source: [{ name: 'alertname', type: '=', value: MITIGATED_ALERT }],
      target: [{ name: 'alertname', type: '=~', value: `${WORKLOAD_ALERT.name}|${SUSTAINED_ALERT}|${FLOW_ATTACK_ALERT}` }],
      equal: ['namespace', 'workload', 'workload_kind'],
    },
  ],
});
