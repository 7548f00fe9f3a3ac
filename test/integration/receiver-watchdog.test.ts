import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALERT_PATH_BROKEN, WATCHDOG_ALERT, WATCHDOG_LAST_RECEIVED } from '../../src/conventions/index.ts';
import { describeWith } from './real-program.ts';
import { type RunningPrometheus, startPrometheus } from './remote-read-fixture.ts';
import { type RunningAlertmanager, startAlertmanager } from './support/alertmanager.ts';
import { type ReceiverProcess, receiverProcess } from './support/receiver-process.ts';
import { until } from './support/until.ts';

const WAIT = { timeoutMs: 120_000, everyMs: 300 };
/** In place of the ten minutes of the shipped rule, so that the test does not take as long. */
const SILENT_SECONDS = 10;

describeWith(['prometheus', 'alertmanager'], 'the way of alerts, cut', (prometheus, alertmanagerProgram) => {
  let folder = '';
  let receiver: ReceiverProcess;
  let alertmanager: RunningAlertmanager;
  let server: RunningPrometheus;

  const route = (name: string) => ({
    route: { receiver: name, group_by: ['alertname'], group_wait: '200ms', group_interval: '1s', repeat_interval: '1s' },
    receivers: [
      { name: 'none' },
      {
        name: 'bellwether',
        webhook_configs: [
          {
            url: `${receiver.api}/api/v1/alertmanager`,
            http_config: { authorization: { type: 'Bearer', credentials: receiver.senderToken } },
          },
        ],
      },
    ],
  });
  const isFiring = async (): Promise<boolean> => {
    const answer = (await (await fetch(`${server.url}/api/v1/alerts`)).json()) as {
      readonly data: { readonly alerts: readonly { readonly labels: { readonly alertname: string }; readonly state: string }[] };
    };
    return answer.data.alerts.some(({ labels, state }) => labels.alertname === ALERT_PATH_BROKEN.name && state === 'firing');
  };
  const lastReceived = async (): Promise<number> => (await receiver.metric(WATCHDOG_LAST_RECEIVED.name)) ?? 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bellwether-watchdog-'));
    alertmanager = await startAlertmanager(alertmanagerProgram, { route: { receiver: 'none' }, receivers: [{ name: 'none' }] });
    receiver = await receiverProcess({ alertmanager: { urls: [alertmanager.url] } });
    await alertmanager.reconfigure(route('bellwether'));
    await receiver.start();
    await receiver.untilReady();
    const expr = ALERT_PATH_BROKEN.expr.replace(/\d+$/, String(SILENT_SECONDS));
    expect(expr).not.toBe(ALERT_PATH_BROKEN.expr);
    const rules = [
      { alert: WATCHDOG_ALERT, expr: 'vector(1)' },
      { alert: ALERT_PATH_BROKEN.name, expr, for: '1s' },
    ];
    writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'watchdog', interval: '1s', rules }] }));
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [join(folder, 'rules.yml')],
      scrape_configs: [{ job_name: 'receiver', static_configs: [{ targets: [new URL(receiver.self).host] }] }],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager.url).host] }] }] },
    };
    // JSON is YAML.
    server = await startPrometheus({ binary: prometheus, config: JSON.stringify(config), args: ['--rules.alert.resend-delay=1s'] });
  }, 180_000);
  afterAll(async () => {
    await server?.stop();
    await receiver?.discard();
    await alertmanager?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is noticed by the shipped rule, and is well again when it is mended', async () => {
    const began = await lastReceived();
    await until('the watchdog at the receiver', async () => ((await lastReceived()) > began ? true : undefined), WAIT);
    await until('quiet', async () => ((await isFiring()) ? undefined : true), WAIT);

    await alertmanager.reconfigure(route('none'));
    await until('the alert about the way', async () => ((await isFiring()) ? true : undefined), WAIT);

    await alertmanager.reconfigure(route('bellwether'));
    await until('the end of the alert', async () => ((await isFiring()) ? undefined : true), WAIT);
  }, 400_000);
});
