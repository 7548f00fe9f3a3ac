import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertCase } from './cases/alert-case.ts';
import type { AlertRule } from './rules-of-bundle.ts';

const isFirst = (moments: readonly [string, readonly unknown[]][], time: string): boolean =>
  moments.find(([, alerts]) => alerts.length > 0)?.[0] === time;

const testOf = (rule: AlertRule, { series, firing, says }: AlertCase) => {
  const moments = Object.entries(firing);
  return {
    interval: '30s',
    input_series: Object.entries(series).map(([selector, values]) => ({ series: selector, values })),
    promql_expr_test: moments.map(([time, alerts]) => ({
      expr: `ALERTS{alertstate="firing"}`,
      eval_time: time,
      exp_samples: alerts.map((labels) => ({
        labels: `ALERTS{${Object.entries({ ...labels, alertname: rule.alert, alertstate: 'firing' })
          .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
          .join(',')}}`,
        value: 1,
      })),
    })),
    alert_rule_test: moments
      .filter(([time]) => says !== undefined && isFirst(moments, time))
      .map(([time, alerts]) => ({
        eval_time: time,
        alertname: rule.alert,
        exp_alerts: [
          {
            exp_labels: alerts[0],
            exp_annotations: { ...says, runbook_url: rule.annotations?.runbook_url, dashboard_url: plainLink(rule, alerts[0] ?? {}) },
          },
        ],
      })),
  };
};

/** The link with the labels in place of their templates. */
const plainLink = (rule: AlertRule, labels: Readonly<Record<string, string>>): string =>
  (rule.annotations?.dashboard_url ?? '').replaceAll(/\{\{ \$labels\.(\w+) \| urlquery \}\}/g, (_, name: string) => labels[name] ?? '');

/** What promtool says about the cases of a rule; empty where all hold. */
export const runPromtool = (promtool: string, rule: AlertRule, cases: readonly AlertCase[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-alerts-'));
  try {
    // JSON is YAML.
    writeFileSync(join(folder, 'rules.json'), JSON.stringify({ groups: [{ name: 'g', interval: '30s', rules: [rule] }] }));
    writeFileSync(
      join(folder, 'test.json'),
      JSON.stringify({ rule_files: ['rules.json'], evaluation_interval: '30s', tests: cases.map((one) => testOf(rule, one)) }),
    );
    const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', 'test.json'], { cwd: folder, encoding: 'utf8' });
    return status === 0 ? '' : `${stdout}${stderr}` || `promtool ended with ${status}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
