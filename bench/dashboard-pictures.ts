// Draws every dashboard of the bundle with its own queries on a simulated cluster with a miner, in a real browser. [--out DIR] [--seconds N]
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { DASHBOARDS } from '../src/synth/dashboards/all-dashboards.ts';
import { realProgram } from '../test/integration/real-program.ts';
import { sleep } from '../test/integration/remote-read-fixture.ts';
import { startBundleStage } from '../test/integration/support/bundle-stage.ts';
import { killExporters } from '../test/integration/support/exporter-process.ts';
import { extraSeries } from '../test/integration/support/extra-series.ts';
import { createLiveCluster } from '../test/integration/support/live-cluster.ts';
import { dashboardJson, fillIn } from '../test/synth/dashboard-queries.ts';
import { dashboardPage, PAGE_WIDTH } from './pictures/dashboard-page.ts';
import { type DrawnSeries, type PanelTarget, seriesOf } from './pictures/panel-data.ts';
import { printBar, printHead } from './report.ts';

const SEED = 20260921;
const WORKLOAD = { namespace: 'team-1', workload: 'svc-1', workload_kind: 'Deployment' };
const POD = `svc-1-5d4f-${7919 % 9973}`;
/** An alert that people would see needs a stretch of quiet life before it. */
const QUIET_SHARE = 0.55;

const { values } = parseArgs({
  options: { out: { type: 'string', default: 'docs/pictures' }, seconds: { type: 'string', default: '120' } },
});
const seconds = Number(values.seconds);
const program = (name: string): string => {
  const path = realProgram(name);
  if (path === undefined) throw new Error(`needs ${name}: npm run tools -- ${name}`);
  return path;
};
const programs = { prometheus: program('prometheus'), promtool: program('promtool'), alertmanager: program('alertmanager') };
await printHead({ bench: 'dashboard-pictures', seed: SEED });

// What the cluster has itself is not given a second time.
const own = createLiveCluster({ seed: SEED, workloads: 1, nodes: 1, originMs: Date.now(), stepMs: 1000 }).text(Date.now());
const isNew = (line: string): boolean => !own.includes(`${line.split('{')[0]}{`);
const extra = (nowMs: number): string =>
  `${extraSeries(POD, WORKLOAD.namespace, WORKLOAD.workload, nowMs).trimEnd().split('\n').filter(isNew).join('\n')}\n`;
const stage = await startBundleStage({ programs, seed: SEED, workloads: 12, extra });
const browser = await chromium.launch({ executablePath: program('chromium'), args: ['--no-sandbox'] });
try {
  await sleep(seconds * QUIET_SHARE * 1000);
  stage.cluster.surge(1, 30);
  await sleep(seconds * (1 - QUIET_SHARE) * 1000);
  const end = Date.now() / 1000;
  const window = { start: end - seconds, end, step: Math.max(1, Math.round(seconds / 80)) };
  mkdirSync(values.out, { recursive: true });
  let panels = 0;
  for (const plan of DASHBOARDS) {
    const dashboard = dashboardJson(plan);
    // The drill-down is about one workload, everything else about all of them.
    const one = dashboard.uid.endsWith('workload') ? WORKLOAD : { namespace: '.*', workload: '.*', workload_kind: '.*' };
    const filled = { ...one, datasource: 'x', cluster: '.*', __rate_interval: '20s', __range: `${seconds}s` };
    const data = new Map<number, readonly DrawnSeries[]>();
    for (const { id, targets = [] } of dashboard.panels) {
      const series = await Promise.all(
        (targets as readonly PanelTarget[]).map((target) =>
          // Instants of a subquery lie on multiples of its step, and this Prometheus is minutes old.
          seriesOf(stage.prometheus.url, target, fillIn(target.expr, filled).replaceAll(/:[15]m\]/g, ':10s]'), window),
        ),
      );
      data.set(id, series.flat());
      if (targets.length > 0) panels += 1;
    }
    const page = await browser.newPage({ viewport: { width: PAGE_WIDTH, height: 800 } });
    await page.setContent(dashboardPage(dashboard, data, window));
    writeFileSync(join(values.out, `${dashboard.uid}.png`), await page.screenshot({ fullPage: true }));
    await page.close();
  }
  const sizes = readdirSync(values.out).map((file) => statSync(join(values.out, file)).size);
  printBar({ name: 'panels drawn', value: panels, unit: '' });
  printBar({ name: 'largest picture', value: Math.round(Math.max(...sizes) / 1024), unit: 'KiB', atMost: 400 });
} finally {
  await browser.close();
  await stage.stop();
  await killExporters();
}
