import type { AlertDeclaration } from './declaration.ts';
import type { MetricDefinition } from './metric.ts';

/** The alert that always fires: whoever receives alerts learns from its absence that the way is cut. */
export const WATCHDOG_ALERT = 'BellwetherWatchdog';

/** Exposed by what receives alerts. It closes the loop: rule, Alertmanager, receiver, and back by a scrape. */
export const WATCHDOG_LAST_RECEIVED = {
  name: 'bellwether_watchdog_last_received_timestamp_seconds',
  type: 'gauge',
  help: 'When the alert that always fires was last received.',
  labels: [],
} as const satisfies MetricDefinition;

/** The watchdog is sent about every minute or two; several may be lost while Alertmanager restarts. */
const SILENT_SECONDS = 600;

/** For the declaration of what receives alerts. */
export const ALERT_PATH_BROKEN: AlertDeclaration = {
  name: 'BellwetherAlertPathBroken',
  expr: `time() - max(${WATCHDOG_LAST_RECEIVED.name}) > ${SILENT_SECONDS}`,
  forSeconds: 120,
  severity: 'critical',
  summary: 'Alerts do not reach the receiver',
  description:
    'The alert that always fires was last received {{ $value | humanizeDuration }} ago. No alert of Bellwether arrives: look at the route in Alertmanager.',
};
