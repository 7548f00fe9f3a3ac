import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExporterApp, type ExporterApp } from '../../src/exporter/app.ts';
import { loadConfig } from '../../src/exporter/config/load-config.ts';
import { type Clock, createLogger, seededRandom } from '../../src/platform/index.ts';
import { replayAlertRule } from '../../src/scoring/index.ts';
import { describeWith } from './real-program.ts';
import { loadBlocks, type RunningPrometheus, sleep, startPrometheus } from './remote-read-fixture.ts';
import { type RunningAlertmanager, startAlertmanager } from './support/alertmanager.ts';
import { type NightShift, nightSeries } from './support/nights.ts';
import { type ReceiverProcess, receiverProcess } from './support/receiver-process.ts';
import { until } from './support/until.ts';

const SEED = 20261121;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STEP_SECONDS = 300;
const KEY = 'StatefulSet/shop/ledger';
const ALERT = { alertname: 'WorkloadAnomalous', namespace: 'shop', workload: 'ledger', workload_kind: 'StatefulSet' };

/** A clock that shows another time and runs as fast as the real one. */
const clockAt = (startMs: number): Clock => {
  const began = performance.now();
  const passed = (): number => performance.now() - began;
  return {
    nowMs: () => startMs + passed(),
    monotonicMs: passed,
    sleep: async (ms, signal) => {
      // In steps, so that a stop is heard.
      for (let left = ms; left > 0 && !signal?.aborted; left -= 50) await sleep(Math.min(50, left));
    },
  };
};

describeWith(['prometheus', 'promtool', 'alertmanager'], 'learning over three nights', (prometheus, promtool, alertmanagerProgram) => {
  const midnightMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 4 * DAY_MS;
  /** A batch on two nights, at other minutes of them, and on the third a miner at the hour of the batch. */
  const batch = (fromMs: number, size: number): NightShift => ({
    fromMs,
    toMs: fromMs + 20 * MINUTE_MS,
    cpu: 2.2 * size,
    reads: 3 * size,
    transmit: 2 * size,
  });
  const nights = [
    batch(midnightMs + 2.2 * HOUR_MS, 1),
    batch(midnightMs + DAY_MS + 3.95 * HOUR_MS, 1.1),
    { fromMs: midnightMs + 2 * DAY_MS + 3.95 * HOUR_MS, toMs: midnightMs + 2 * DAY_MS + 4.35 * HOUR_MS, cpu: 5 },
  ] as const;
  let folder = '';
  let server: RunningPrometheus;
  let alertmanager: RunningAlertmanager;
  let receiver: ReceiverProcess;

  /** Runs an exporter that believes to live shortly after a night, until its past is scored and verdicts were heard, and ends it. */
  const live = async (
    night: NightShift,
    snapshot: string,
    work: (app: ExporterApp, self: string) => Promise<void>,
    hears = true,
  ): Promise<void> => {
    const config = loadConfig(
      JSON.stringify({
        prometheus: { url: server.url },
        intervalSeconds: STEP_SECONDS,
        backfill: { hours: 72, stepSeconds: STEP_SECONDS, sliceHours: 24 },
        snapshot: { path: join(folder, snapshot), maxAgeHours: 48 },
        freshness: { forgetHours: 72 },
        api: { historyHours: 48 },
        feedback: hears ? { url: receiver.api, bearerTokenFile: join(folder, 'token'), intervalSeconds: 1 } : {},
        listen: { scoresPort: 0, selfPort: 0, apiPort: 0 },
        log: { level: 'silent' },
      }),
      {},
    );
    if (!config.ok) throw new Error(config.problems.map(({ message }) => message).join('\n'));
    const clock = clockAt(night.toMs + 40 * MINUTE_MS);
    const app = createExporterApp(
      { clock, random: seededRandom(SEED), log: createLogger({ level: 'silent', name: 'test' }) },
      config.value,
    );
    try {
      const { self } = await app.start();
      await until('a scored past', () => (app.status.notReady === undefined ? true : undefined), { timeoutMs: 60_000 });
      await work(app, self);
    } finally {
      await app.stop();
    }
  };
  const scoresOf = (app: ExporterApp, { fromMs, toMs }: NightShift) =>
    app.board
      .points(KEY, fromMs, toMs + 10 * MINUTE_MS)
      .filter(({ reason }) => reason === undefined)
      .map(({ timeMs, score }) => ({ timeMs, value: score }));
  const alerts = (app: ExporterApp, night: NightShift) =>
    replayAlertRule(scoresOf(app, night), { windowSeconds: 300, keepFiringForSeconds: 600, threshold: 1 });
  const selfMetric = async (url: string, name: string): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(new RegExp(`^${name.replaceAll(/[{}]/g, '\\$&')} (.*)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bellwether-nights-'));
    writeFileSync(join(folder, 'token'), 'viewer');
    const series = nightSeries(SEED, midnightMs - 3 * DAY_MS, midnightMs + 2.5 * DAY_MS, nights);
    server = await startPrometheus({
      binary: prometheus,
      config: 'scrape_configs: []\n',
      load: (data) => loadBlocks(promtool, series, data),
    });
    // The receiver has to know the address of Alertmanager, and Alertmanager that of the receiver.
    alertmanager = await startAlertmanager(alertmanagerProgram, { route: { receiver: 'none' }, receivers: [{ name: 'none' }] });
    receiver = await receiverProcess({ alertmanager: { urls: [alertmanager.url], pollSeconds: 1 } });
    const webhook = {
      url: `${receiver.api}/api/v1/alertmanager`,
      http_config: { authorization: { type: 'Bearer', credentials: receiver.senderToken } },
    };
    await alertmanager.reconfigure({
      route: { receiver: 'bellwether', group_by: ['alertname'], group_wait: '200ms', group_interval: '2s' },
      receivers: [{ name: 'bellwether', webhook_configs: [webhook] }],
    });
    await receiver.start();
    await receiver.untilReady();
  }, 120_000);
  afterAll(async () => {
    await receiver?.discard();
    await alertmanager?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The stored alert of the workload that fires. */
  const storedAlert = () =>
    until(
      'the alert at the receiver',
      async () => ((await receiver.get('/api/v1/alerts?workload=ledger&status=firing')).alerts as unknown[])[0],
      {
        timeoutMs: 30_000,
      },
    );

  it('lets the batch of the first night alarm, and takes the silence with FP: for a verdict', async () => {
    await live(
      nights[0],
      'snapshot',
      async (app, self) => {
        expect(alerts(app, nights[0]).length).toBeGreaterThanOrEqual(1);
        await alertmanager.post([{ labels: ALERT, startsAt: new Date(nights[0].fromMs + 10 * MINUTE_MS).toISOString() }]);
        expect(await storedAlert()).toMatchObject({ verdict: null });
        const answer = await fetch(`${alertmanager.url}/api/v2/silences`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            matchers: Object.entries(ALERT).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true })),
            startsAt: new Date(Date.now() - 1000).toISOString(),
            endsAt: new Date(Date.now() + HOUR_MS).toISOString(),
            createdBy: 'ann',
            comment: 'FP: nightly batch',
          }),
        });
        expect(answer.status).toBe(200);
        const heard = await until(
          'the verdict at the receiver',
          async () => ((await receiver.get('/api/v1/verdicts?workload=ledger')).verdicts as unknown[])[0],
          { timeoutMs: 30_000 },
        );
        expect(heard).toMatchObject({ word: 'false_alarm', by: 'ann', source: 'silence', weight: 1, reason: 'nightly batch' });
        // The state without the verdict, for the comparison below.
        await app.stop();
        writeFileSync(join(folder, 'untaught'), readFileSync(join(folder, 'snapshot')));
        expect(self).toContain('http');
      },
      false,
    );
    await live(nights[0], 'snapshot', async (_, self) => {
      await until(
        'the verdict',
        async () => ((await selfMetric(self, 'bellwether_verdicts_in_force{word="false_alarm"}')) === 1 ? true : undefined),
        {
          timeoutMs: 30_000,
        },
      );
      expect(await selfMetric(self, 'bellwether_verdicts_without_effect{word="false_alarm",reason="no_window"}')).toBe(0);
    });
  }, 240_000);

  it('stays silent about the batch of the next night, over a restart', async () => {
    await live(nights[1], 'snapshot', async (app) => {
      expect(scoresOf(app, nights[1]).length).toBeGreaterThan(3);
      expect(alerts(app, nights[1])).toEqual([]);
    });
  }, 120_000);

  it('alarms at a miner at that hour on that workload', async () => {
    await live(nights[2], 'snapshot', async (app) => {
      expect(alerts(app, nights[2]).length).toBeGreaterThanOrEqual(1);
    });
  }, 120_000);

  it('would have alarmed on the next night without the verdict', async () => {
    await live(
      nights[1],
      'untaught',
      async (app) => {
        expect(alerts(app, nights[1]).length).toBeGreaterThanOrEqual(1);
      },
      false,
    );
  }, 120_000);
});
