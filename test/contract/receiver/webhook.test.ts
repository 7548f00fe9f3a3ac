import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningReceiver, startReceiver, webhookAlert, webhookBody } from './receiver-fixture.ts';

describe('POST /api/v1/alertmanager', () => {
  let receiver: RunningReceiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.stop());

  const post = (body: unknown) => receiver.ask('/api/v1/alertmanager', { as: 'sender', body });
  const stored = async (query: string) =>
    (await receiver.ask(`/api/v1/alerts?${query}`, { as: 'viewer' })).json.alerts as Record<string, unknown>[];

  it('keeps an alert once, however often it comes', async () => {
    const alert = webhookAlert({ workload: 'once' });
    for (let i = 0; i < 3; i++) expect((await post(webhookBody([alert]))).status).toBe(204);
    expect(await stored('workload=once')).toMatchObject([
      { status: 'firing', deliveries: 3, fingerprint: alert.fingerprint, endsSeconds: null },
    ]);
  });

  it('takes the same alert from two replicas that know another start, within five minutes', async () => {
    const alert = webhookAlert({ workload: 'replicas' });
    await post(webhookBody([alert]));
    await post(webhookBody([{ ...alert, startsAt: new Date(Date.parse(alert.startsAt) + 200_000).toISOString() }]));
    expect(await stored('workload=replicas')).toMatchObject([{ deliveries: 2 }]);
  });

  it('ends an alert, and takes its next firing for another one', async () => {
    const alert = webhookAlert({ workload: 'again' }, { startsAt: '2026-01-01T00:00:00Z' });
    await post(webhookBody([alert]));
    await post(webhookBody([{ ...alert, status: 'resolved', endsAt: '2026-01-01T00:10:00Z' }]));
    await post(webhookBody([{ ...alert, startsAt: '2026-01-01T01:00:00Z' }]));
    expect(await stored('workload=again')).toMatchObject([
      { status: 'firing', startsSeconds: Date.parse('2026-01-01T01:00:00Z') / 1000 },
      { status: 'resolved', endReason: 'resolved', endsSeconds: Date.parse('2026-01-01T00:10:00Z') / 1000 },
    ]);
  });

  it('ends one that fires anew without having been resolved', async () => {
    const alert = webhookAlert({ workload: 'anew' }, { startsAt: '2026-01-01T00:00:00Z' });
    await post(webhookBody([alert]));
    await post(webhookBody([{ ...alert, startsAt: '2026-01-01T01:00:00Z' }]));
    expect(await stored('workload=anew')).toMatchObject([{ status: 'firing' }, { status: 'resolved', endReason: 'superseded' }]);
  });

  it('does not end what fires now by a late word on what was before', async () => {
    const alert = webhookAlert({ workload: 'late' }, { startsAt: '2026-01-01T01:00:00Z' });
    await post(webhookBody([alert]));
    await post(webhookBody([{ ...alert, status: 'resolved', startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-01T00:10:00Z' }]));
    expect(await stored('workload=late')).toMatchObject([{ status: 'firing' }, { status: 'resolved' }]);
  });

  it('notes when the alert that always fires comes, and does not keep it', async () => {
    const before = await receiver.metric('bellwether_watchdog_last_received_timestamp_seconds');
    await post(webhookBody([webhookAlert({ alertname: 'BellwetherWatchdog', workload: 'dog' })]));
    expect(await receiver.metric('bellwether_watchdog_last_received_timestamp_seconds')).toBeGreaterThan(before ?? Number.NaN);
    expect(await stored('workload=dog')).toEqual([]);
  });

  it('takes 10,000 alerts that come at once', async () => {
    const bodies = Array.from({ length: 50 }, () =>
      webhookBody(Array.from({ length: 200 }, (_, i) => webhookAlert({ workload: `storm-${i}`, namespace: 'storm' }))),
    );
    const answers = await Promise.all(bodies.map(post));
    expect(answers.map(({ status }) => status).filter((status) => status !== 204)).toEqual([]);
    let [count, after] = [0, ''];
    do {
      const { json } = await receiver.ask(`/api/v1/alerts?namespace=storm&limit=1000${after}`, { as: 'viewer' });
      count += (json.alerts as unknown[]).length;
      after = json.next === null ? '' : `&after=${String(json.next)}`;
    } while (after !== '');
    expect(count).toBe(10_000);
  }, 60_000);

  it.each([
    ['nobody', undefined, 401],
    ['a viewer', 'viewer', 403],
    ['a responder', 'responder', 403],
    ['an admin', 'admin', 204],
  ] as const)('lets %s in or not', async (_, as, status) => {
    expect((await receiver.ask('/api/v1/alertmanager', { ...(as ? { as } : {}), body: webhookBody([]) })).status).toBe(status);
  });

  it.each([
    ['no JSON', { raw: '{' }, 400, 'the body is not JSON'],
    ['another version', { body: webhookBody([], { version: '5' }) }, 400, 'version is "5", but must be "4"'],
    ['a form', { form: { a: 'b' } }, 400, 'the body must be JSON, with Content-Type: application/json'],
    ['6 MB', { raw: `"${'x'.repeat(6 * 2 ** 20)}"` }, 413, 'the body is too large'],
    ['nesting', { raw: `${'['.repeat(50)}${']'.repeat(50)}` }, 400, 'the body is nested more than 12 levels deep'],
  ])('refuses %s', async (_, options, status, message) => {
    const answer = await receiver.ask('/api/v1/alertmanager', { as: 'sender', ...options });
    expect([answer.status, answer.json.message]).toEqual([status, message]);
  });

  it('counts what came', async () => {
    expect(await receiver.metric('bellwether_received_payloads_total{outcome="stored"}')).toBeGreaterThan(50);
    expect(await receiver.metric('bellwether_received_payloads_total{outcome="refused"}')).toBeGreaterThan(0);
    expect(await receiver.metric('bellwether_received_alerts_total{outcome="repeated"}')).toBeGreaterThanOrEqual(3);
  });
});
