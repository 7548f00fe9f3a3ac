import { WATCHDOG_ALERT } from '../../src/conventions/index.ts';
import { describeWith } from './real-program.ts';
import { type RunningAlertmanager, startAlertmanager } from './support/alertmanager.ts';
import { type Json, type ReceiverProcess, receiverProcess } from './support/receiver-process.ts';
import { until } from './support/until.ts';

const WAIT = { timeoutMs: 60_000, everyMs: 300 };
/** Both versions know these; times are short, so that the suite is. */
const configOf = (receiver: ReceiverProcess, maxAlerts = 0) => ({
  route: {
    receiver: 'bellwether',
    group_by: ['alertname', 'namespace', 'workload'],
    group_wait: '200ms',
    group_interval: '2s',
    repeat_interval: '2s',
  },
  receivers: [
    {
      name: 'bellwether',
      webhook_configs: [
        {
          url: `${receiver.api}/api/v1/alertmanager`,
          send_resolved: true,
          max_alerts: maxAlerts,
          http_config: { authorization: { type: 'Bearer', credentials: receiver.senderToken } },
        },
      ],
    },
  ],
});
const labelsOf = (workload: string, alertname = 'WorkloadAnomalous') => ({
  alertname,
  namespace: 'shop',
  workload,
  workload_kind: 'Deployment',
  severity: 'warning',
});

describe.each([
  ['0.34', 'alertmanager', true],
  ['0.25', 'debian-alertmanager', false],
] as const)('Alertmanager %s', (version, program, keepsAnnotations) => {
  describeWith([program], `and the receiver, ${version}`, (path) => {
    let receiver: ReceiverProcess;
    let alertmanager: RunningAlertmanager;

    beforeAll(async () => {
      // The receiver has to know the address of Alertmanager, and Alertmanager that of the receiver.
      const early = await startAlertmanager(path, { route: { receiver: 'none' }, receivers: [{ name: 'none' }] });
      receiver = await receiverProcess({ alertmanager: { urls: [early.url], pollSeconds: 1 } });
      await early.reconfigure(configOf(receiver, 3));
      alertmanager = early;
      await receiver.start();
      await receiver.untilReady();
    }, 120_000);
    afterAll(async () => {
      await receiver?.discard();
      await alertmanager?.stop();
    });

    const alertsOf = async (workload: string): Promise<Json[]> =>
      (await receiver.get(`/api/v1/alerts?workload=${workload}`)).alerts as Json[];
    const verdictsOf = async (workload: string): Promise<Json[]> =>
      (await receiver.get(`/api/v1/verdicts?workload=${workload}`)).verdicts as Json[];
    const silencedBy = async (workload: string): Promise<readonly unknown[]> => {
      const [alert] = await alertsOf(workload);
      return (alert?.silencedBy as unknown[] | undefined) ?? [];
    };
    const once = <T>(what: string, probe: () => Promise<T | undefined>): Promise<T> => until(what, probe, WAIT);
    const firing = (workload: string): Promise<Json> =>
      once(`alert of ${workload}`, async () => (await alertsOf(workload)).find(({ status }) => status === 'firing'));
    const fire = async (workload: string): Promise<Json> => {
      await alertmanager.post([{ labels: labelsOf(workload) }]);
      return await firing(workload);
    };
    const silence = async (body: Json): Promise<string> => {
      const now = Date.now();
      const answer = await fetch(`${alertmanager.url}/api/v2/silences`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          startsAt: new Date(now).toISOString(),
          endsAt: new Date(now + 3_600_000).toISOString(),
          createdBy: 'ann',
          ...body,
        }),
      });
      return ((await answer.json()) as { readonly silenceID: string }).silenceID;
    };
    const matcher = (name: string, value: string, change: Json = {}) => ({ name, value, isRegex: false, isEqual: true, ...change });

    it('stores an alert once in spite of repeats, and a restart of either side', async () => {
      await fire('once');
      await once('repeat', async () => (Number((await alertsOf('once'))[0]?.deliveries) >= 3 ? true : undefined));
      await receiver.kill();
      await receiver.start();
      await receiver.untilReady();
      await alertmanager.restart();
      await alertmanager.post([{ labels: labelsOf('once') }]);
      await once('repeat after the restarts', async () => (Number((await alertsOf('once'))[0]?.deliveries) >= 5 ? true : undefined));
      expect(await alertsOf('once')).toHaveLength(1);
    }, 120_000);

    it('closes the loop of the watchdog', async () => {
      const series = 'bellwether_watchdog_last_received_timestamp_seconds';
      const before = (await receiver.metric(series)) ?? 0;
      await alertmanager.post([{ labels: { alertname: WATCHDOG_ALERT } }]);
      await once('watchdog', async () => (((await receiver.metric(series)) ?? 0) > before ? true : undefined));
    }, 60_000);

    it('makes a silence a verdict within one look, edited and expired', async () => {
      await fire('judged');
      const id = await silence({
        comment: 'FP: nightly batch',
        matchers: [matcher('alertname', 'WorkloadAnomalous'), matcher('workload', 'judged')],
      });
      const [first] = await once('verdict', async () => ((await verdictsOf('judged')).length > 0 ? await verdictsOf('judged') : undefined));
      expect(first).toMatchObject({ word: 'false_alarm', by: 'ann', reason: 'nightly batch', source: 'silence', weight: 1, silenceId: id });
      await silence({
        id,
        comment: 'CONFIRMED: a miner',
        matchers: [matcher('alertname', 'WorkloadAnomalous'), matcher('workload', 'judged')],
      });
      await once('other word', async () => ((await verdictsOf('judged')).some(({ word }) => word === 'confirmed') ? true : undefined));
      expect((await verdictsOf('judged')).filter(({ undone }) => undone === null).map(({ word }) => word)).toEqual(['confirmed']);
      expect((await receiver.send(`/api/v1/silences/${String((await silencedBy('judged'))[0])}/expire`, {})).status).toBe(204);
      await once('end of the silence', async () => ((await silencedBy('judged')).length === 0 ? true : undefined));
    }, 120_000);

    it('reads regular expressions, negative matchers and annotations where there are some', async () => {
      await fire('regex-1');
      await silence({
        comment: 'EXPECTED: load test',
        matchers: [matcher('workload', 'regex-.*', { isRegex: true }), matcher('namespace', 'kube-system', { isEqual: false })],
      });
      await once('verdict by regex', async () => ((await verdictsOf('regex-1'))[0]?.word === 'expected' ? true : undefined));
      await fire('annotated');
      await silence({
        comment: 'seen',
        annotations: { verdict: 'new_trend' },
        unknown: { field: 1 },
        matchers: [matcher('workload', 'annotated')],
      });
      const [verdict] = await once('verdict by annotation', async () =>
        (await verdictsOf('annotated')).length > 0 ? await verdictsOf('annotated') : undefined,
      );
      expect(verdict?.word).toBe(keepsAnnotations ? 'new_trend' : 'false_alarm');
      expect(verdict?.source).toBe(keepsAnnotations ? 'silence' : 'untagged_silence');
    }, 120_000);

    it('writes a silence with its verdict, which is heard once', async () => {
      const alert = await fire('written');
      const answer = await receiver.send('/api/v1/silences', { alert: alert.id, minutes: 60, word: 'false_alarm', reason: 'batch' });
      expect(answer.status).toBe(201);
      await once('suppressed alert', async () => ((await silencedBy('written')).length > 0 ? true : undefined));
      const looks = await receiver.metric('bellwether_cycles_total{loop="watch"}');
      await once('another look', async () =>
        ((await receiver.metric('bellwether_cycles_total{loop="watch"}')) ?? 0) > (looks ?? 0) + 2 ? true : undefined,
      );
      expect(await verdictsOf('written')).toHaveLength(1);
    }, 120_000);

    it('completes a group that was cut', async () => {
      const labels = Array.from({ length: 10 }, (_, i) => ({ ...labelsOf('cut'), pod: `cut-${i}` }));
      await alertmanager.post(labels.map((one) => ({ labels: one })));
      const alerts = await once('whole group', async () => ((await alertsOf('cut')).length === 10 ? await alertsOf('cut') : undefined));
      expect(new Set(alerts.map(({ fingerprint }) => fingerprint)).size).toBe(10);
    }, 120_000);

    it('sees the end of an alert, told or untold', async () => {
      await fire('ends');
      await alertmanager.post([{ labels: labelsOf('ends'), endsAt: new Date().toISOString() }]);
      await once('end', async () => ((await alertsOf('ends'))[0]?.status === 'resolved' ? true : undefined));
      expect((await alertsOf('ends'))[0]?.endReason).toBe('resolved');
    }, 120_000);
  });
});
