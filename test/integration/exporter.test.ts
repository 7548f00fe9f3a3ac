import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from './real-program.ts';
import { sleep } from './remote-read-fixture.ts';
import { createApiClient } from './support/api-client.ts';
import { type ExporterProcess, killExporters, startExporter } from './support/exporter-process.ts';
import { type Exposition, family, lintExposition, total } from './support/exposition.ts';
import { type FaultyProxy, startFaultyProxy } from './support/faulty-proxy.ts';
import { keyText } from './support/live-cluster.ts';
import { pushUntil } from './support/pushed-workload.ts';
import { decodeSnapshot } from './support/snapshot-bytes.ts';
import { type Stage, startStage } from './support/stage.ts';
import { until } from './support/until.ts';

const SEED = 20260714;
const WORKLOADS = 9;
const NODES = 2;
const INTERVAL_MS = 1000;
const TOKEN = 'a-token-of-the-test';
const PUSHED = { namespace: 'push', workload: 'ledger', kind: 'StatefulSet' } as const;
const PUSHED_KEY = keyText(PUSHED.namespace, PUSHED.workload, PUSHED.kind);
const STOP_MS = 8_000;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Label text of a series without its last label. */
const withoutLast = (text: string, label: string): string => text.replace(new RegExp(`,${label}="[^"]*"}$`), '}');
const keysIn = (scores: Exposition): string[] => [
  ...family(scores, 'anomaly_score').keys(),
  ...[...family(scores, 'anomaly_score_contribution').keys()].map((text) => withoutLast(text, 'metric')),
  ...[...family(scores, 'anomaly_score_not_ready').keys()].map((text) => withoutLast(text, 'reason')),
];

describeWith(['prometheus', 'promtool'], 'exporter on a real Prometheus', (prometheus, promtool) => {
  let folder = '';
  let stage: Stage;
  let proxy: FaultyProxy;
  let exporter: ExporterProcess;
  let config: Parameters<typeof startExporter>[0];
  let pushing: Promise<number>;
  let pushedScore = Number.NaN;

  const snapshotPath = (): string => join(folder, 'state', 'snapshot.bin');
  const scoreOf = async (key: string): Promise<number> => family(await exporter.scores(), 'anomaly_score').get(key) ?? Number.NaN;

  beforeAll(async () => {
    console.log(`seed ${SEED}`);
    folder = mkdtempSync(join(tmpdir(), 'bellwether-whole-'));
    writeFileSync(join(folder, 'token'), `${TOKEN}\n`);
    stage = await startStage({ prometheus, promtool, seed: SEED, workloads: WORKLOADS, nodes: NODES, stepMs: INTERVAL_MS, pastSteps: 300 });
    proxy = await startFaultyProxy(stage.prometheus.url);
    await proxy.set('stall');
    config = {
      prometheus: { url: proxy.url },
      intervalSeconds: INTERVAL_MS / 1000,
      backfill: { hours: 0.1, stepSeconds: 1, sliceHours: 0.05 },
      snapshot: { path: snapshotPath() },
      api: { tokenFile: join(folder, 'token') },
      ingest: { enabled: true },
    };
    exporter = await startExporter(config);
  });
  afterAll(async () => {
    await killExporters();
    await proxy?.close();
    await stage?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives no score before the back-fill has ended, says why, and gives all of them after', async () => {
    await until('the beginning of the back-fill', async () => (await exporter.probe('/readyz')).text.includes('backfill') || undefined, {
      timeoutMs: 10_000,
    });
    expect(await exporter.probe('/readyz')).toEqual({ status: 503, text: 'not ready: backfill_running\n' });
    expect(await exporter.probe('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(family(await exporter.scores(), 'anomaly_score').size).toBe(0);
    expect(total(await exporter.self(), 'bellwether_not_ready', 'reason="backfill_running"')).toBe(1);

    await proxy.set('pass');
    await until(
      'readiness',
      async () => {
        // Asked before: a score in an answer that was given after the end would be right.
        const scores = await exporter.scores();
        const { status } = await exporter.probe('/readyz');
        if (status !== 200) expect(family(scores, 'anomaly_score').size).toBe(0);
        return status === 200 || undefined;
      },
      { timeoutMs: 30_000, everyMs: 5 },
    );
    const self = await exporter.self();
    expect(total(self, 'bellwether_ready')).toBe(1);
    expect(total(self, 'bellwether_backfill_outcome', 'outcome="complete"')).toBe(1);
    expect(total(self, 'bellwether_backfill_progress_ratio')).toBe(1);
    expect([...family(await exporter.scores(), 'anomaly_score').keys()].sort()).toEqual([...stage.cluster.keys].sort());
    // Kept when it is seen: a score is withdrawn when nothing is pushed any more, on a slow machine before its test has its turn.
    pushing = pushUntil(exporter.api, TOKEN, PUSHED, async () => {
      pushedScore = await scoreOf(PUSHED_KEY);
      return pushedScore >= 0;
    });
    pushing.catch(() => undefined);
  });

  it('passes promtool on both metric ports', async () => {
    expect(lintExposition(promtool, await exporter.scoresText())).toBe('');
    expect(lintExposition(promtool, await exporter.selfText())).toBe('');
  });

  it('names up to three metrics of workloads above a half, those first that have changed', async () => {
    stage.cluster.surge(1, 30);
    const key = keyText('team-1', 'svc-1', 'Deployment');
    const changed = ['pod_cpu_usage_cores', 'pod_fs_reads_bytes_per_second', 'pod_fs_writes_bytes_per_second'];
    const seen: Exposition[] = [];
    // Its neighbours have bursts of their own: waited for is the anomaly of what was changed.
    await until(
      'anomaly with its metrics',
      async () => {
        const scores = await exporter.scores();
        seen.push(scores);
        const shares = [...family(scores, 'anomaly_score_contribution')].filter(([text]) => withoutLast(text, 'metric') === key);
        const metrics = shares.sort(([, x], [, y]) => y - x).map(([text]) => /metric="(.*)"/.exec(text)?.[1] ?? '');
        const isAnomaly = (family(scores, 'anomaly_score').get(key) ?? 0) >= 1;
        return (isAnomaly && metrics.length === 3 && changed.includes(metrics[0] ?? '')) || undefined;
      },
      { timeoutMs: 20_000, everyMs: 200 },
    );
    for (const scores of seen) {
      const values = family(scores, 'anomaly_score');
      const named = new Map<string, number>();
      for (const [text, share] of family(scores, 'anomaly_score_contribution')) {
        const workload = withoutLast(text, 'metric');
        named.set(workload, (named.get(workload) ?? 0) + 1);
        expect(values.get(workload)).toBeGreaterThan(0.5);
        expect(share).toBeGreaterThan(0);
        expect(share).toBeLessThanOrEqual(1);
      }
      expect(Math.max(0, ...named.values())).toBeLessThanOrEqual(3);
      expect([...values].filter(([workload, value]) => value > 0.5 && !named.has(workload))).toEqual([]);
    }
    expect(total(seen.at(-1)!, 'anomaly_score_threshold')).toBe(1);
  });

  it('answers why, as its OpenAPI document says', async () => {
    const api = await createApiClient(exporter.api);
    const id = 'Deployment~team-1~svc-1';
    expect(await api.get('/api/v1/status', 'Status')).toMatchObject({ status: 200, problems: [], body: { ready: true } });
    const page = await api.get('/api/v1/workloads?limit=5&sort=score', 'WorkloadPage');
    expect(page).toMatchObject({ status: 200, problems: [] });
    expect(page.body.items).toHaveLength(5);
    const explained = await api.get(`/api/v1/workloads/${id}/explain?series=true`, 'Explanation');
    expect(explained).toMatchObject({ status: 200, problems: [], body: { source: 'memory', ready: true, rule: { firing: true } } });
    expect(listOf(explained.body.history).length).toBeGreaterThan(10);
    const again = await api.get(`/api/v1/workloads/${id}/explain?replay=true`, 'Explanation');
    expect(again).toMatchObject({ status: 200, problems: [], body: { source: 'replay' } });
    expect(again.body.contributors).not.toHaveLength(0);
    expect(await api.get('/api/v1/workloads/Node~~node-0/explain', 'Explanation')).toMatchObject({ status: 200, problems: [] });
    expect(await api.get('/api/v1/workloads/Deployment~team-1~none/explain', 'Error')).toMatchObject({ status: 404, problems: [] });
    expect(await api.get('/api/v1/workloads?limit=0', 'Error')).toMatchObject({ status: 400, problems: [], body: { field: 'limit' } });
  });

  it('scores what is pushed like the rest', async () => {
    expect(await pushing).toBeGreaterThan(4);
    expect(pushedScore).toBeGreaterThanOrEqual(0);
    expect(pushedScore).toBeLessThan(1);
    const api = await createApiClient(exporter.api);
    const explained = await api.get(`/api/v1/workloads/StatefulSet~push~ledger/explain?series=true`, 'Explanation');
    expect(explained).toMatchObject({ status: 200, problems: [], body: { source: 'memory' } });
    expect(explained.body.metrics).toEqual(
      expect.arrayContaining(['pod_cpu_usage_cores', 'pod_memory_usage_bytes'].map((metric) => expect.objectContaining({ metric }))),
    );

    const samples = [[Date.now() / 1000, 1]];
    const batch = {
      id: 'one',
      series: [{ metric: 'container_memory_working_set_bytes', labels: { namespace: 'a', pod: 'b', container: 'c' }, samples }],
    };
    expect(await api.post('/api/v1/ingest', batch, 'IngestResponse', TOKEN)).toMatchObject({
      status: 202,
      problems: [],
      body: { duplicate: false },
    });
    expect(await api.post('/api/v1/ingest', batch, 'IngestResponse', TOKEN)).toMatchObject({
      status: 200,
      problems: [],
      body: { duplicate: true },
    });
    expect(await api.post('/api/v1/ingest', { ...batch, series: [] }, 'Error', TOKEN)).toMatchObject({
      status: 400,
      problems: [],
      body: { field: 'series' },
    });
    expect(await api.post('/api/v1/ingest', batch, 'Error', 'another')).toMatchObject({ status: 401, problems: [] });
  });

  it('takes a workload off that has vanished, and keeps the others', async () => {
    const key = keyText('team-2', 'svc-8', 'Deployment');
    expect(await scoreOf(key)).toBeGreaterThanOrEqual(0);
    stage.cluster.remove(8);
    await until('its end', async () => keysIn(await exporter.scores()).every((one) => one !== key) || undefined, { timeoutMs: 20_000 });
    const others = stage.cluster.keys.filter((one) => one !== key);
    expect([...family(await exporter.scores(), 'anomaly_score').keys()]).toEqual(expect.arrayContaining(others));
    expect(total(await exporter.self(), 'bellwether_removed_workloads_total', 'reason="vanished"')).toBeGreaterThanOrEqual(1);
  });

  it('keeps the last good configuration where the file has become bad, says so, and takes the next good one', async () => {
    const reloadOk = async (): Promise<number> => total(await exporter.self(), 'bellwether_config_last_reload_successful');
    const contributions = async (): Promise<number> => total(await exporter.self(), 'bellwether_exposed_series', 'family="contribution"');
    expect(await reloadOk()).toBe(1);
    expect(await contributions()).toBeGreaterThan(0);
    exporter.reconfigure('exposition: { maxContributions: -1 }\nintervalSeconds: soon\n');
    await until('word of a bad file', async () => (await reloadOk()) === 0 || undefined, { timeoutMs: 20_000 });
    expect(total(await exporter.self(), 'bellwether_cycle_failures_total', 'loop="config"', 'reason="invalid_config"')).toBe(1);
    const said = JSON.stringify(exporter.log.find(({ msg }) => msg.startsWith('configuration not accepted')));
    expect(said).toContain('exposition.maxContributions');
    expect(said).toContain('intervalSeconds');
    await sleep(2 * INTERVAL_MS);
    expect(await contributions()).toBeGreaterThan(0);
    expect((await exporter.probe('/readyz')).status).toBe(200);

    exporter.reconfigure({ ...config, exposition: { maxContributions: 0 } });
    await until('word of a good file', async () => (await reloadOk()) === 1 || undefined, { timeoutMs: 20_000 });
    expect(family(await exporter.scores(), 'anomaly_score_contribution').size).toBe(0);
    expect(family(await exporter.scores(), 'anomaly_score').size).toBeGreaterThanOrEqual(WORKLOADS + NODES - 1);
  });

  it('has shown nothing but workloads and nodes of the cluster, and what was pushed', async () => {
    const own = new Set([...stage.cluster.keys, PUSHED_KEY, keyText('a', 'b', 'Pod')]);
    expect(keysIn(await exporter.scores()).filter((key) => !own.has(key))).toEqual([]);
    expect(lintExposition(promtool, await exporter.scoresText())).toBe('');
    expect(lintExposition(promtool, await exporter.selfText())).toBe('');
  });

  it('ends within seconds when it is told to, and leaves a snapshot of all it knows', async () => {
    const startMs = Date.now();
    const code = await exporter.stop();
    const tookMs = Date.now() - startMs;
    console.log(`ended after ${tookMs} ms with ${code}`);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(STOP_MS);
    const { info, workloads } = await decodeSnapshot(readFileSync(snapshotPath()));
    expect(info.createdMs).toBeGreaterThanOrEqual(startMs);
    const known = workloads.map(({ key }) => keyText(key.namespace, key.workload, key.workloadKind));
    expect(known).toEqual(expect.arrayContaining([...stage.cluster.keys, PUSHED_KEY]));
    await expect(exporter.scores()).rejects.toThrow();
  });
});

describeWith(['debian-prometheus', 'promtool'], "exporter on Debian's Prometheus 2.42", (prometheus, promtool) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ prometheus, promtool, seed: SEED, workloads: WORKLOADS, nodes: NODES, stepMs: INTERVAL_MS, pastSteps: 300 });
  });
  afterAll(async () => {
    await killExporters();
    await stage?.stop();
  });

  it('scores every workload and node, by streamed remote read', async () => {
    const exporter = await startExporter({
      prometheus: { url: stage.prometheus.url },
      intervalSeconds: INTERVAL_MS / 1000,
      backfill: { hours: 0.1, stepSeconds: 1 },
    });
    await until('readiness', async () => (await exporter.probe('/readyz')).status === 200 || undefined, { timeoutMs: 30_000 });
    expect([...family(await exporter.scores(), 'anomaly_score').keys()].sort()).toEqual([...stage.cluster.keys].sort());
    expect(family(await exporter.self(), 'bellwether_remote_read_rung').get('{rung="streamed"}')).toBe(1);
    expect(await exporter.stop()).toBe(0);
  });
});
