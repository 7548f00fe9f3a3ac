import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeAlertmanager, fakeSilence, heldAlert, startFakeAlertmanager } from './fake-alertmanager.ts';
import { type RunningReceiver, startReceiver, webhookAlert, webhookBody } from './receiver-fixture.ts';

type Row = Readonly<Record<string, unknown>>;

describe('silences', () => {
  let alertmanager: FakeAlertmanager;
  let receiver: RunningReceiver;
  beforeAll(async () => {
    alertmanager = await startFakeAlertmanager();
    receiver = await startReceiver({ alertmanager: { urls: [alertmanager.url], pollSeconds: 0.1 }, verdicts: { bulkWorkloads: 3 } });
  });
  afterAll(async () => {
    await receiver.stop();
    await alertmanager.stop();
  });
  beforeEach(() => {
    Object.assign(alertmanager.state, { alerts: [], silences: [], posted: [], down: false });
  });

  /** Resolves after a look at Alertmanager that began after now. */
  const looked = async (): Promise<void> => {
    const rounds = async (): Promise<number> => (await receiver.metric('bellwether_cycles_total{loop="watch"}')) ?? 0;
    const before = await rounds();
    while ((await rounds()) < before + 2) await new Promise((done) => setTimeout(done, 20));
  };
  const verdictsOf = async (workload: string): Promise<Row[]> =>
    (await receiver.ask(`/api/v1/verdicts?workload=${workload}`, { as: 'viewer' })).json.verdicts as Row[];
  const alertsOf = async (workload: string): Promise<Row[]> =>
    (await receiver.ask(`/api/v1/alerts?workload=${workload}`, { as: 'viewer' })).json.alerts as Row[];
  const fire = async (workload: string) => {
    const alert = webhookAlert({ workload });
    await receiver.ask('/api/v1/alertmanager', { as: 'sender', body: webhookBody([alert]) });
    return alert;
  };

  it.each([
    ['FP: nightly batch', undefined, 'false_alarm', 'silence', 1],
    ['ACK! on it', undefined, 'confirmed', 'acknowledgement', 0.5],
    ['too loud', undefined, 'false_alarm', 'untagged_silence', 0.3],
    ['seen', { verdict: 'new_trend' }, 'new_trend', 'silence', 1],
  ] as const)('%s, annotation %j, is the word %s', async (comment, annotations, word, source, weight) => {
    const workload = `word-${word}-${source}`;
    const alert = await fire(workload);
    const silence = fakeSilence(comment, annotations ? { annotations } : {});
    Object.assign(alertmanager.state, { silences: [silence], alerts: [heldAlert(alert, [silence.id])] });
    await looked();
    expect(await verdictsOf(workload)).toMatchObject([{ word, source, weight, by: 'ann', silenceId: silence.id, undone: null }]);
    expect(await alertsOf(workload)).toMatchObject([{ verdict: word, silencedBy: [silence.id] }]);
    await looked();
    expect(await verdictsOf(workload)).toHaveLength(1);
  });

  it('that name nothing say nothing', async () => {
    const alert = await fire('wide');
    const silence = fakeSilence('FP: all of it', { matchers: [{ name: 'severity', value: 'warning', isRegex: false }] });
    Object.assign(alertmanager.state, { silences: [silence], alerts: [heldAlert(alert, [silence.id])] });
    await looked();
    expect(await verdictsOf('wide')).toEqual([]);
    expect(await alertsOf('wide')).toMatchObject([{ silencedBy: [silence.id], verdict: null }]);
  });

  it('over many alerts are kept without weight, and counted', async () => {
    const alerts = await Promise.all([1, 2, 3, 4].map(() => fire('bulk')));
    const silence = fakeSilence('FP: bulk');
    Object.assign(alertmanager.state, { silences: [silence], alerts: alerts.map((alert) => heldAlert(alert, [silence.id])) });
    await looked();
    expect((await verdictsOf('bulk')).map(({ weight }) => weight)).toEqual([0, 0, 0, 0]);
    await looked();
    expect(await receiver.metric('bellwether_bulk_silences')).toBe(1);
  });

  it('that say something else take their first word back', async () => {
    const alert = await fire('changed');
    const silence = fakeSilence('FP: batch');
    const held = [heldAlert(alert, [silence.id])];
    Object.assign(alertmanager.state, { silences: [silence], alerts: held });
    await looked();
    alertmanager.state.silences = [{ ...silence, comment: 'CONFIRMED: miner', updatedAt: new Date().toISOString() }];
    await looked();
    expect(await verdictsOf('changed')).toMatchObject([
      { word: 'confirmed', undone: null },
      { word: 'false_alarm', undone: { by: 'ann' } },
    ]);
    expect(await alertsOf('changed')).toMatchObject([{ verdict: 'confirmed' }]);
  });

  it('that come later win over earlier ones, unless they are mere guesses', async () => {
    const alert = await fire('later');
    const [first, guess, last] = [fakeSilence('FP: batch'), fakeSilence('noisy'), fakeSilence('CONFIRMED: miner')];
    for (const silences of [[first], [first, guess], [first, guess, last]]) {
      Object.assign(alertmanager.state, {
        silences,
        alerts: [
          heldAlert(
            alert,
            silences.map(({ id }) => id),
          ),
        ],
      });
      await looked();
    }
    expect((await verdictsOf('later')).map(({ word, undone }) => [word, undone === null])).toEqual([
      ['confirmed', true],
      ['false_alarm', false],
    ]);
  });

  it('of something expected end with it', async () => {
    const alert = await fire('expected');
    const silence = fakeSilence('EXPECTED: load test');
    Object.assign(alertmanager.state, { silences: [silence], alerts: [heldAlert(alert, [silence.id])] });
    await looked();
    expect(await verdictsOf('expected')).toMatchObject([{ word: 'expected', expiresSeconds: Date.parse(silence.endsAt) / 1000 }]);
    const now = new Date().toISOString();
    Object.assign(alertmanager.state, {
      silences: [{ ...silence, endsAt: now, updatedAt: now, status: { state: 'expired' } }],
      alerts: [heldAlert(alert)],
    });
    await looked();
    expect(await verdictsOf('expected')).toMatchObject([{ word: 'expected', undone: { reason: expect.any(String) } }]);
  });

  it('for maintenance mask a stretch and are no verdict', async () => {
    const alert = await fire('masked');
    const silence = fakeSilence('MAINT: upgrade');
    Object.assign(alertmanager.state, { silences: [silence], alerts: [heldAlert(alert, [silence.id])] });
    await looked();
    expect(await verdictsOf('masked')).toEqual([]);
    expect((await receiver.ask('/api/v1/masks', { as: 'viewer' })).json.masks).toMatchObject([{ workload: 'masked', reason: 'upgrade' }]);
  });

  it('are found on alerts that no webhook call has brought', async () => {
    const silence = fakeSilence('FP: from the start');
    Object.assign(alertmanager.state, { silences: [silence], alerts: [heldAlert(webhookAlert({ workload: 'unheard' }), [silence.id])] });
    await looked();
    expect(await verdictsOf('unheard')).toMatchObject([{ word: 'false_alarm' }]);
  });

  it('are made with a verdict, once, and as an acknowledgement', async () => {
    const alert = await fire('made');
    const [stored] = await alertsOf('made');
    const answer = await receiver.ask('/api/v1/silences', {
      as: 'responder',
      body: { alert: stored?.id, minutes: 60, word: 'false_alarm', reason: 'batch' },
    });
    expect(answer.status).toBe(201);
    expect(alertmanager.state.posted).toMatchObject([
      {
        comment: `FP: batch (verdict ${String(answer.json.verdictId)})`,
        annotations: { verdict: 'false_alarm', bellwether_verdict: answer.json.verdictId },
        createdBy: 'responder',
        matchers: [
          { name: 'alertname', value: 'WorkloadAnomalous' },
          { name: 'namespace', value: 'shop' },
          { name: 'workload', value: 'made' },
          { name: 'workload_kind', value: 'Deployment' },
        ],
      },
    ]);
    const own = fakeSilence(`FP: batch (verdict ${String(answer.json.verdictId)})`);
    Object.assign(alertmanager.state, { silences: [own], alerts: [heldAlert(alert, [own.id])] });
    await looked();
    expect(await verdictsOf('made')).toHaveLength(1);
    expect((await receiver.ask(`/api/v1/alerts/${String(stored?.id)}/acknowledge`, { as: 'responder', body: {} })).status).toBe(201);
    expect(alertmanager.state.posted.at(-1)).toMatchObject({ comment: 'ACK: seen' });
    expect((await receiver.ask(`/api/v1/silences/${own.id}/extend`, { as: 'responder', body: { minutes: 10 } })).json).toEqual({
      silenceId: 'made-3',
    });
    expect((await receiver.ask(`/api/v1/silences/${own.id}/expire`, { as: 'responder', body: {} })).status).toBe(204);
    expect((await receiver.ask('/api/v1/silences/none/extend', { as: 'responder', body: { minutes: 10 } })).status).toBe(404);
    expect((await receiver.ask('/api/v1/silences', { as: 'viewer', body: {} })).status).toBe(403);
  });

  it('are looked for again when Alertmanager is back', async () => {
    alertmanager.state.down = true;
    await looked();
    expect(await receiver.metric(`bellwether_alertmanager_up{instance="${alertmanager.url}"}`)).toBe(0);
    expect(await receiver.metric('bellwether_cycle_failures_total{loop="watch",reason="upstream_unavailable"}')).toBeGreaterThan(0);
    alertmanager.state.down = false;
    await looked();
    expect(await receiver.metric(`bellwether_alertmanager_up{instance="${alertmanager.url}"}`)).toBe(1);
  });
});
