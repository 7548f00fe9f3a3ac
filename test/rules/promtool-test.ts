import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** One file of cases in the report of promtool, in the form of JUnit. */
const SUITE = /<testsuite name="test-(\d+)\.json"[^>]*>(.*?)<\/testsuite>/gs;

/**
 * What promtool says against the cases of each rule; empty where all hold. All in one run, because its start costs more than the tests of most
 * rules.
 */
export const runPromtool = (promtool: string, rules: readonly AlertRule[], cases: readonly AlertCase[]): readonly string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-alerts-'));
  try {
    for (const [i, rule] of rules.entries()) {
      // JSON is YAML.
      writeFileSync(join(folder, `rules-${i}.json`), JSON.stringify({ groups: [{ name: 'g', interval: '30s', rules: [rule] }] }));
      const tests = cases.map((one) => testOf(rule, one));
      writeFileSync(join(folder, `test-${i}.json`), JSON.stringify({ rule_files: [`rules-${i}.json`], evaluation_interval: '30s', tests }));
    }
    const files = rules.map((_, i) => `test-${i}.json`);
    const run = spawnSync(promtool, ['test', 'rules', '--junit=report.xml', ...files], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    const answers = new Map<number, string>();
    for (const [, i, body = ''] of readFileSync(join(folder, 'report.xml'), 'utf8').matchAll(SUITE))
      answers.set(Number(i), [...body.matchAll(/<(failure|error)>(.*?)<\/\1>/gs)].map(([, , text]) => text).join('\n'));
    return rules.map((_, i) => answers.get(i) ?? `promtool says nothing of it: ${run.stderr}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
