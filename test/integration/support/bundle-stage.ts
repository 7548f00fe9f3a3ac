import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '../../../src/synth/options/bundle.ts';
import { parseOptions } from '../../../src/synth/options/parse-options.ts';
import { PROCESSES } from '../../../src/synth/processes.ts';
import { plainAlertmanagerConfig } from '../../../src/synth/routes/plain-route.ts';
import { ruleSets } from '../../../src/synth/rules/rule-groups.ts';
import { plainScrapeConfig } from '../../../src/synth/rules/scrape-config.ts';
import { loadBlocks, type RunningPrometheus, startPrometheus, startTarget } from '../remote-read-fixture.ts';
import { type RunningAlertmanager, startAlertmanager } from './alertmanager.ts';
import { type ExporterProcess, startExporter } from './exporter-process.ts';
import { freePort } from './free-port.ts';
import { createLiveCluster, type LiveCluster } from './live-cluster.ts';
import { originOf, scrapeConfig } from './stage.ts';

export interface Notification {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface BundleStage {
  readonly cluster: LiveCluster;
  readonly prometheus: RunningPrometheus;
  readonly alertmanager: RunningAlertmanager;
  readonly exporter: ExporterProcess;
  /** What the webhook was sent, in order. */
  readonly notifications: readonly Notification[];
  stop(): Promise<void>;
}

export interface BundleStageOptions {
  readonly programs: { readonly prometheus: string; readonly promtool: string; readonly alertmanager: string };
  readonly seed: number;
  readonly workloads: number;
  /** Text that the cluster's target adds, at a time. */
  readonly extra?: (nowMs: number) => string;
}

const STEP_MS = 1000;
const PAST_STEPS = 300;

/** Takes what Alertmanager posts. */
const startSink = async () => {
  const notifications: Notification[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      notifications.push(...(JSON.parse(body) as { alerts: Notification[] }).alerts);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/alertmanager`,
    notifications,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

/** The bundle as a user with a hurry would have it: the least pace that options allow. */
const fastBundle = (url: string): Bundle =>
  parseOptions(
    {
      scrape: { interval: '5s', timeout: '4s' },
      rules: { interval: '5s', workload: { window: '20s', keepFiringFor: '10s' } },
      routing: { url },
    },
    PROCESSES,
  );

/** The bundle's own scrape configuration with addresses in place of discovery; what discovery would say is a label of the target. */
const onLoopback = (bundle: Bundle, ports: Readonly<Record<string, number>>) =>
  // Other processes do not run here.
  plainScrapeConfig({
    ...bundle,
    processes: bundle.processes.filter(({ declaration }) => declaration.name === 'exporter'),
  }).scrape_configs.map(({ kubernetes_sd_configs, relabel_configs, ...rest }) => ({
    ...rest,
    static_configs: [{ targets: [`127.0.0.1:${ports[rest.job_name.split('-').pop() ?? '']}`], labels: { job: 'bellwether-exporter' } }],
  }));

/** Cluster, Prometheus, exporter, Alertmanager and webhook, joined by nothing but what the bundle ships. */
export const startBundleStage = async ({ programs, seed, workloads, extra = () => '' }: BundleStageOptions): Promise<BundleStage> => {
  const sink = await startSink();
  const bundle = fastBundle(sink.url);
  const alertmanager = await startAlertmanager(programs.alertmanager, plainAlertmanagerConfig(bundle));
  const originMs = originOf(STEP_MS, PAST_STEPS);
  const cluster = createLiveCluster({ seed, workloads, nodes: 1, originMs, stepMs: STEP_MS });
  const target = await startTarget(() => cluster.text(Date.now()) + extra(Date.now()));
  const ports = { scores: await freePort(), self: await freePort(), api: await freePort() };
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-bundle-stage-'));
  for (const { name, groups } of ruleSets(bundle)) writeFileSync(join(folder, `${name}.json`), JSON.stringify({ groups }));
  writeFileSync(join(folder, 'scrape.json'), JSON.stringify({ scrape_configs: onLoopback(bundle, ports) }));
  const prometheus = await startPrometheus({
    binary: programs.prometheus,
    config: `${scrapeConfig(target.address)}
rule_files: ['${folder}/recording.json', '${folder}/alerts.json']
scrape_config_files: ['${folder}/scrape.json']
alerting: { alertmanagers: [{ static_configs: [{ targets: ['${alertmanager.url.replace('http://', '')}'] }] }] }
`,
    load: (data) => loadBlocks(programs.promtool, cluster.past(originMs + PAST_STEPS * STEP_MS), data),
  });
  const exporter = await startExporter({
    prometheus: { url: prometheus.url },
    intervalSeconds: STEP_MS / 1000,
    backfill: { hours: 0.08, stepSeconds: 1, sliceHours: 0.05 },
    listen: { scoresPort: ports.scores, selfPort: ports.self, apiPort: ports.api },
  });
  return {
    cluster,
    prometheus,
    alertmanager,
    exporter,
    notifications: sink.notifications,
    stop: async () => {
      await exporter.stop();
      await prometheus.stop();
      await alertmanager.stop();
      target.stop();
      sink.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
