import { RECORDING_GROUPS } from '../../conventions/index.ts';
import type { RuleGroup } from '../kinds/prometheus-operator.ts';
import type { Bundle } from '../options/bundle.ts';
import { formatDuration } from '../options/duration.ts';
import { alertRule } from './alert-rule.ts';
import { bundleAlerts, GROUP_PREFIX, watchdogAlert, withRuleOptions } from './bundle-alerts.ts';

/** One rule file, and one PrometheusRule. */
export interface RuleSet {
  readonly name: 'recording' | 'alerts' | 'watchdog';
  readonly groups: readonly RuleGroup[];
}

/** Everything that Prometheus is to evaluate; the watchdog apart, because it needs somebody who waits for it. */
export const ruleSets = (bundle: Bundle): readonly RuleSet[] => {
  const interval = formatDuration(bundle.rules.intervalSeconds);
  const recording = RECORDING_GROUPS.map(({ name, rules }) => ({
    name,
    interval,
    rules: rules.map(({ record, expr }) => ({ record, expr })),
  }));
  const declared = [...bundle.processes, ...bundle.optIn].map(({ declaration }) => ({
    name: `${GROUP_PREFIX}${declaration.name}`,
    interval,
    rules: declaration.alerts.map((alert) => alertRule(withRuleOptions(alert, bundle), bundle)),
  }));
  const whole = { name: `${GROUP_PREFIX}bundle`, interval, rules: bundleAlerts(bundle).map((alert) => alertRule(alert, bundle)) };
  const watchdog = { name: `${GROUP_PREFIX}watchdog`, interval, rules: [alertRule(watchdogAlert(), bundle)] };
  return [
    ...(bundle.rules.recording ? [{ name: 'recording' as const, groups: recording }] : []),
    { name: 'alerts', groups: [...declared, whole].filter(({ rules }) => rules.length > 0) },
    { name: 'watchdog', groups: [watchdog] },
  ];
};
