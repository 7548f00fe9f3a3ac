import { EVENT_CSV_HEAD, type RuntimeEvent } from '../../../src/runtime-events/index.ts';
import { makeRuntimeEvent } from '../../../src/testing/runtime-event-builders.ts';
import { type RunningReceiver, startReceiver, tokenOf, webhookAlert, webhookBody } from './receiver-fixture.ts';

let made = 0;
const make = (parts: Partial<RuntimeEvent> = {}): RuntimeEvent => makeRuntimeEvent({ id: `event-id-${made++}`, ...parts });

describe('runtime events of a receiver', () => {
  let receiver: RunningReceiver;
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(() => receiver.stop());
  const send = (events: readonly unknown[], as: 'sender' | 'viewer' = 'sender', node = 'node-a') =>
    receiver.ask('/api/v1/events', { as, body: { node, events } });
  const list = async (query = ''): Promise<RuntimeEvent[]> =>
    (await receiver.ask(`/api/v1/events${query}`, { as: 'viewer' })).json.events as RuntimeEvent[];

  it('are taken once from who may send, and listed for who may read', async () => {
    const event = make();
    expect((await send([event])).json).toEqual({ stored: 1, duplicates: 0 });
    expect((await send([event, make()])).json).toEqual({ stored: 1, duplicates: 1 });
    expect((await send([make()], 'viewer')).status).toBe(403);
    expect((await receiver.ask('/api/v1/events')).status).toBe(401);
    expect((await receiver.ask('/api/v1/events', { as: 'sender' })).status).toBe(403);
    expect(await list()).toHaveLength(2);
    expect((await list()).find(({ id }) => id === event.id)).toMatchObject(event);
    expect(await receiver.metric('bellwether_runtime_event_duplicates_total')).toBe(1);
    expect(await receiver.metric('bellwether_runtime_events_total{source="tetragon",type="exec"}')).toBe(2);
  });

  it.each([
    ['a type of its own', { type: 'mine' }, 'type'],
    ['a text that is too long', { detail: 'x'.repeat(5000) }, 'detail'],
    ['a time that is a text', { timeMs: 'now' }, 'timeMs'],
    ['a time beyond all clocks', { timeMs: 1e300 }, 'timeMs'],
    ['a key that nobody knows', { extra: 1 }, 'extra'],
    ['no id', { id: '' }, 'id'],
  ])('are refused with %s, all of the batch, by the name of the field', async (_, change, field) => {
    const answer = await send([make(), { ...make(), ...change }]);
    expect(answer.status).toBe(400);
    expect(answer.json.field).toContain(`events[1].${field}`);
    expect(await list()).toEqual([]);
    expect(await receiver.metric('bellwether_runtime_event_batches_total{outcome="refused"}')).toBe(1);
  });

  it('are refused where a batch is too large, too deep, no JSON or too many', async () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    for (const raw of ['{', deep, JSON.stringify({ node: 'a', events: 'x'.repeat(9 * 2 ** 20) })])
      expect([400, 413]).toContain((await receiver.ask('/api/v1/events', { as: 'sender', raw })).status);
    expect((await send(Array.from({ length: 501 }, () => make()))).status).toBe(400);
    expect((await receiver.ask('/readyz')).status).toBe(404);
    expect(await list()).toEqual([]);
  });

  it('are narrowed by namespace, workload, policy and time, and wrong filters are named', async () => {
    await send([
      make({ namespace: 'shop', workload: 'cart', timeMs: 1_000_000 }),
      make({ namespace: 'shop', workload: '', pod: 'cart-0', timeMs: 2_000_000, type: 'policy', policy: 'bellwether-no-shell' }),
      make({ namespace: 'bank', workload: 'cart', pod: 'cart-1', timeMs: 3_000_000 }),
    ]);
    const times = async (query: string): Promise<number[]> => (await list(query)).map(({ timeMs }) => timeMs / 1e6);
    expect(await times('?workload=cart')).toEqual([3, 2, 1]);
    expect(await times('?namespace=shop&workload=cart')).toEqual([2, 1]);
    expect(await times('?policy=bellwether-no-shell')).toEqual([2]);
    expect(await times('?from=1500&to=2500')).toEqual([2]);
    const wrong = await receiver.ask('/api/v1/events?limit=9999', { as: 'viewer' });
    expect([wrong.status, wrong.json.field]).toEqual([400, 'limit']);
    expect((await receiver.ask('/api/v1/events?pods=x', { as: 'viewer' })).json.message).toContain('did you mean pod?');
  });

  it('are exported over many pages as CSV or as lines of JSON', async () => {
    for (let i = 0; i < 3; i++) await send(Array.from({ length: 500 }, (_, j) => make({ timeMs: i * 1000 + j, detail: '=1+1, "x"' })));
    const csv = await receiver.ask('/api/v1/events/export?format=csv', { as: 'viewer' });
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="events.csv"');
    const lines = csv.text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(1501);
    expect(`${lines[0]}\r\n`).toBe(EVENT_CSV_HEAD);
    expect(lines[1]).toContain(`"'=1+1, ""x"""`);
    const json = await receiver.ask('/api/v1/events/export?format=json&limit=1200', { as: 'viewer' });
    expect(
      json.text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as RuntimeEvent).source),
    ).toHaveLength(1200);
  });

  it('become a tree of processes', async () => {
    await send([
      make({ execId: 'sh', subject: '/bin/sh', timeMs: 1000 }),
      make({ execId: 'curl', parentExecId: 'sh', subject: '/usr/bin/curl', timeMs: 2000 }),
      make({ execId: 'curl', type: 'exit', timeMs: 3000, detail: 'status 0' }),
    ]);
    const { json } = await receiver.ask('/api/v1/events/tree?namespace=shop', { as: 'viewer' });
    expect(json).toMatchObject({
      events: 3,
      processes: [{ binary: '/bin/sh', children: [{ binary: '/usr/bin/curl', endedBy: 'status 0' }] }],
    });
  });

  it('stand beside an alert of their workload, in the API and on its page', async () => {
    await receiver.ask('/api/v1/alertmanager', { as: 'sender', body: webhookBody([webhookAlert()]) });
    const [alert] = (await receiver.ask('/api/v1/alerts', { as: 'viewer' })).json.alerts as { id: string }[];
    const nowMs = Date.now();
    await send([
      make({ timeMs: nowMs, subject: '/bin/near' }),
      make({ timeMs: nowMs - 3_600_000, subject: '/bin/long-before' }),
      make({ timeMs: nowMs, subject: '/bin/elsewhere', workload: 'other', pod: 'other-1' }),
    ]);
    const { json } = await receiver.ask(`/api/v1/alerts/${alert?.id}/events`, { as: 'viewer' });
    expect((json.events as RuntimeEvent[]).map(({ subject }) => subject)).toEqual(['/bin/near']);
    const page = await receiver.ask(`/alerts/${alert?.id}`, { as: 'viewer' });
    expect(page.text).toContain('/bin/near');
    expect((await receiver.ask('/api/v1/alerts/none/events', { as: 'viewer' })).status).toBe(404);
  });

  it('are told as hits of policies and decoys, with a bounded number of series', async () => {
    await send(Array.from({ length: 500 }, (_, i) => make({ type: 'policy', policy: `p${i}`, action: 'post' })));
    await send([
      make({ type: 'policy', policy: 'one-more', action: 'post' }),
      make({ source: 'decoy', type: 'hit', subject: 'env-file', policy: '' }),
    ]);
    expect(await receiver.metric('bellwether_runtime_policy_hits_total{pod_namespace="shop",policy="p7",action="post"}')).toBe(1);
    expect(await receiver.metric('bellwether_runtime_policy_hits_total{pod_namespace="other",policy="other",action="other"}')).toBe(1);
    expect(await receiver.metric('bellwether_decoy_hits_total{technique="env-file"}')).toBe(1);
    expect(await receiver.metric('bellwether_runtime_event_sender_last_seen_timestamp_seconds{sender="node-a"}')).toBeGreaterThan(1e9);
  });

  describe('followed live', () => {
    const open = async (path: string, headers: Record<string, string> = {}) => {
      const stop = new AbortController();
      const response = await fetch(`${receiver.api}${path}`, {
        headers: { authorization: `Bearer ${tokenOf('viewer')}`, ...headers },
        signal: stop.signal,
      });
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      return {
        status: response.status,
        until: async (part: string): Promise<string> => {
          while (!text.includes(part)) {
            const { value, done } = await reader.read();
            if (done) throw new Error(`it ended: ${text}`);
            text += value;
          }
          return text;
        },
        close: () => stop.abort(),
      };
    };

    it('come as they arrive, filtered, and go on where a reader was', async () => {
      await send([make({ subject: '/bin/before' })]);
      const live = await open('/api/v1/events/stream?namespace=shop');
      await live.until('retry:');
      await send([make({ namespace: 'bank', subject: '/bin/hidden' }), make({ subject: '/bin/shown' })]);
      const text = await live.until('/bin/shown');
      expect(text).not.toMatch(/before|hidden/);
      live.close();
      await send([make({ subject: '/bin/meanwhile' })]);
      const again = await open('/api/v1/events/stream', { 'last-event-id': /id: (\d+)/.exec(text)?.[1] ?? '' });
      expect(await again.until('/bin/meanwhile')).not.toContain('/bin/shown');
      again.close();
    });

    it('are bounded in number, and let go of when their readers are', async () => {
      const all = await Promise.all(Array.from({ length: 20 }, () => open('/api/v1/events/stream')));
      expect((await receiver.ask('/api/v1/events/stream', { as: 'viewer' })).status).toBe(429);
      expect(await receiver.metric('bellwether_runtime_event_streams')).toBe(20);
      for (const one of all) one.close();
      for (let tries = 0; (await receiver.metric('bellwether_runtime_event_streams')) !== 0; tries++) {
        if (tries > 500) throw new Error('streams stay');
        await new Promise((done) => setTimeout(done, 20));
      }
    });
  });
});
