import type { AlertDeclaration } from '../../conventions/index.ts';
import { type DashboardName, dashboardLink } from '../dashboards/links.ts';
import type { Rule } from '../kinds/prometheus-operator.ts';
import type { Bundle } from '../options/bundle.ts';
import { formatDuration } from '../options/duration.ts';
import { STORM_ALERT } from './bundle-alerts.ts';

/** Label on every alert of the bundle, by which routes find them. */
export const PRODUCT_LABEL = 'product';

const label = (name: string): string => `{{ $labels.${name} | urlquery }}`;
const WORKLOAD_VARIABLES = { namespace: label('namespace'), workload: label('workload'), workload_kind: label('workload_kind') };

/** Alerts about ourselves begin with the product's name; the storm is about workloads all the same. */
const isAboutWorkloads = (name: string): boolean => !/^(Bellwether|Decoy)/.test(name) || name === STORM_ALERT;

const ABOUT_ADMISSION = /^Bellwether(Admission|Policy|BackgroundScan)/;
/** Alerts about keeping alerts and hearing verdicts. */
const ABOUT_FEEDBACK = /^Bellwether(Receiver|Store|Verdict|Alertmanager|BulkSilence|AlertPath|Notices|Feedback)/;

/** Alerts about limits: their rows are on the page of alerts and feedback. */
const ABOUT_MITIGATION = /^BellwetherMitigation/;

/** Alerts about what processes do and what decoys are asked. */
const ABOUT_SECURITY = /^(Runtime|Decoy)/;

const linkOf = (base: string, name: string): string => {
  if (name === STORM_ALERT) return dashboardLink(base, 'overview', { namespace: label('namespace') });
  if (ABOUT_FEEDBACK.test(name) || ABOUT_MITIGATION.test(name)) return dashboardLink(base, 'feedback');
  if (ABOUT_SECURITY.test(name)) return dashboardLink(base, 'networkSecurity');
  const dashboard: DashboardName = isAboutWorkloads(name) ? 'workload' : ABOUT_ADMISSION.test(name) ? 'admission' : 'health';
  return dashboardLink(base, dashboard, dashboard === 'workload' ? WORKLOAD_VARIABLES : {});
};

/**
 * The rule of an alert, the same in every form it is shipped in. An alert about ourselves always carries our namespace: `absent()` and
 * `vector()` have no labels, and a route of the Prometheus operator that looks only at its own namespace must not get the watchdog
 * while it misses the workloads.
 */
export const alertRule = (alert: AlertDeclaration, { name, namespace, rules, grafana, runbookUrl }: Bundle): Rule => ({
  alert: alert.name,
  expr: alert.expr,
  ...(alert.forSeconds === undefined ? {} : { for: formatDuration(alert.forSeconds) }),
  ...(alert.keepFiringForSeconds ? { keep_firing_for: formatDuration(alert.keepFiringForSeconds) } : {}),
  labels: {
    ...rules.labels,
    ...(isAboutWorkloads(alert.name) ? {} : { namespace }),
    severity: alert.severity,
    [PRODUCT_LABEL]: name,
  },
  annotations: {
    summary: alert.summary,
    description: alert.description,
    runbook_url: `${runbookUrl}${alert.name}.md`,
    dashboard_url: linkOf(grafana.url, alert.name),
  },
});
