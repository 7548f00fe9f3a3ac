import { DASHBOARDS } from '../../src/synth/dashboards/all-dashboards.ts';
import { dashboardJson, fillIn } from '../synth/dashboard-queries.ts';
import { describeWith } from './real-program.ts';
import { type BundleStage, startBundleStage } from './support/bundle-stage.ts';
import { killExporters } from './support/exporter-process.ts';
import { extraSeries } from './support/extra-series.ts';
import { until } from './support/until.ts';

const SEED = 20260921;
const WORKLOAD = { namespace: 'team-1', workload: 'svc-1', workload_kind: 'Deployment' };
/** How the live cluster names the first pod of that workload. */
const POD = `svc-1-5d4f-${7919 % 9973}`;
const CLUSTER_MINUTES = 3 * 60_000;
/** The window, the time it keeps firing, and a flush of Alertmanager's group. */
const RESOLVE_MS = 150_000;
const MAX_SERIES = 1000;

/** What an exporter that is well has not counted yet, and what runs only when asked for. */
const EMPTY_WHEN_WELL =
  /cycle_failures|cycles_skipped|learned_|verdicts_in_force|verdicts_without_effect|flow_findings|overload_probability|retries|fallbacks|corrupt|not_ready|snapshot|prometheus_rule_|topk\(100, ALERTS|^count by \(namespace\)/;

interface Answer {
  readonly data: { readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] };
}

describeWith(['prometheus', 'promtool', 'alertmanager'], 'the bundle from sample to webhook', (prometheus, promtool, alertmanager) => {
  let stage: BundleStage;
  beforeAll(async () => {
    const extra = (nowMs: number): string => extraSeries(POD, WORKLOAD.namespace, WORKLOAD.workload, nowMs);
    stage = await startBundleStage({ programs: { prometheus, promtool, alertmanager }, seed: SEED, workloads: 6, extra });
  });
  afterAll(async () => {
    await stage?.stop();
    await killExporters();
  });

  const ask = async (path: string, query: Readonly<Record<string, string>>): Promise<Answer> => {
    const answer = await fetch(`${stage.prometheus.url}/api/v1/${path}?${new URLSearchParams(query)}`);
    if (!answer.ok) throw new Error(`${query.query}: ${await answer.text()}`);
    return (await answer.json()) as Answer;
  };
  const sent = (status: string) =>
    stage.notifications.find(
      ({ labels, ...one }) => one.status === status && labels.alertname === 'WorkloadAnomalous' && labels.workload === 'svc-1',
    );

  it('gives scores the labels of the workload, and none of whoever tells them', async () => {
    const scores = await until(
      'scores in Prometheus',
      async () => {
        const { data } = await ask('query', { query: 'anomaly_score' });
        return data.result.length > 0 ? data.result : undefined;
      },
      { timeoutMs: 90_000, everyMs: 1000 },
    );
    const names = new Set(scores.flatMap(({ metric }) => Object.keys(metric)));
    expect([...names].sort()).toEqual(['__name__', 'job', 'namespace', 'workload', 'workload_kind']);
  });

  it('brings an injected miner to the webhook within three minutes', async () => {
    stage.cluster.surge(1, 30);
    const firing = await until('firing alert at the webhook', () => sent('firing'), { timeoutMs: CLUSTER_MINUTES, everyMs: 500 });
    expect(firing.labels).toEqual({
      alertname: 'WorkloadAnomalous',
      ...WORKLOAD,
      severity: 'warning',
      product: 'bellwether',
      job: 'bellwether-exporter',
    });
    expect(firing.annotations.dashboard_url).toBe(
      '/d/bellwether-workload?var-namespace=team-1&var-workload=svc-1&var-workload_kind=Deployment',
    );
  });

  it('answers every query of every dashboard, with at most a thousand series', async () => {
    const values = {
      datasource: 'x',
      cluster: '.*',
      namespace: WORKLOAD.namespace,
      workload: WORKLOAD.workload,
      workload_kind: WORKLOAD.workload_kind,
      __rate_interval: '20s',
      __range: '2m',
    };
    const end = Date.now() / 1000;
    const empty: string[] = [];
    for (const plan of DASHBOARDS)
      for (const { title, targets = [] } of dashboardJson(plan).panels)
        for (const { expr, instant } of targets) {
          // Instants of a subquery lie on multiples of its step, and this Prometheus is minutes old.
          const query = fillIn(expr, values).replaceAll(/:[15]m\]/g, ':10s]');
          const { data } = await (instant
            ? ask('query', { query, time: String(end) })
            : ask('query_range', { query, start: String(end - 60), end: String(end), step: '15' }));
          expect([title, data.result.length <= MAX_SERIES]).toEqual([title, true]);
          if (data.result.length === 0 && !EMPTY_WHEN_WELL.test(query)) empty.push(`${title}: ${query}`);
        }
    expect(empty).toEqual([]);
  });

  it('evaluates every rule without an error', async () => {
    const answer = (await (await fetch(`${stage.prometheus.url}/api/v1/rules`)).json()) as {
      data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
    };
    const rules = answer.data.groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(30);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
  });

  it('says that it is over once it is', async () => {
    stage.cluster.surge(1, 1);
    await until('resolved alert at the webhook', () => sent('resolved'), { timeoutMs: RESOLVE_MS, everyMs: 500 });
  }, 200_000);
});
