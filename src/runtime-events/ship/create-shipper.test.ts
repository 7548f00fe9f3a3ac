import { fakeHttpClient } from '../../testing/fake-http-client.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { makeRuntimeEvent } from '../../testing/runtime-event-builders.ts';
import { MAX_BATCH_EVENTS, type RuntimeEvent } from '../runtime-event.ts';
import { createShipper } from './create-shipper.ts';

const events = (count: number): RuntimeEvent[] => Array.from({ length: count }, (_, i) => makeRuntimeEvent({ id: `event-${i}` }));
const sentIn = (body: unknown): RuntimeEvent[] => (JSON.parse(String(body)) as { events: RuntimeEvent[] }).events;

const shipperOf = (answer: Parameters<typeof fakeHttpClient>[0]) => {
  const http = fakeHttpClient(answer);
  const clock = createManualClock(0);
  const told: string[] = [];
  const shipper = createShipper(
    {
      http,
      clock,
      random: () => 0.5,
      onFailure: (source, { code }) => told.push(`${source} failed ${code}`),
      onRefused: (source, { id }) => told.push(`${source} refused ${id}`),
      onShipped: (source, count) => told.push(`${source} shipped ${count}`),
    },
    { url: 'http://receiver:9467/', sender: 'node-a', timeoutMs: 1000 },
  );
  return { shipper, http, clock, told };
};
const never = new AbortController().signal;

describe('createShipper', () => {
  it('sends in batches, one after the other, in the name of the node', async () => {
    const { shipper, http, told } = shipperOf(() => ({ body: '{}' }));
    await shipper.ship('tetragon', events(MAX_BATCH_EVENTS + 3), never);
    expect(http.requests.map(({ url, body }) => [url, sentIn(body).length])).toEqual([
      ['http://receiver:9467/api/v1/events', MAX_BATCH_EVENTS],
      ['http://receiver:9467/api/v1/events', 3],
    ]);
    expect(JSON.parse(String(http.requests[0]?.body))).toMatchObject({ node: 'node-a' });
    expect(told).toEqual([`tetragon shipped ${MAX_BATCH_EVENTS}`, 'tetragon shipped 3']);
  });

  it.each([
    [503, 'upstream_unavailable'],
    [429, 'upstream_unavailable'],
    [401, 'upstream_refused'],
  ])('tries again for as long as the answer is %i', async (status, code) => {
    const { shipper, http, clock, told } = shipperOf((_, index) => ({ status: index < 3 ? status : 200 }));
    const done = shipper.ship('tetragon', events(2), never);
    await clock.advance(499);
    expect(http.requests).toHaveLength(1);
    await clock.advance(20_000);
    await done;
    expect(told).toEqual([...Array(3).fill(`tetragon failed ${code}`), 'tetragon shipped 2']);
  });

  it('gives up the one event that is refused, and no other', async () => {
    const { shipper, told } = shipperOf(({ body }) => ({ status: sentIn(body).some(({ id }) => id === 'event-5') ? 400 : 200 }));
    await shipper.ship('tetragon', events(8), never);
    expect(told.filter((text) => text.includes('refused'))).toEqual(['tetragon refused event-5']);
    expect(told.filter((text) => text.includes('shipped')).map((text) => Number(text.split(' ').at(-1)))).toEqual([4, 1, 2]);
  });

  it('gives a sign of life without events', async () => {
    const { shipper, http } = shipperOf(() => ({}));
    await shipper.ship('report', [], never);
    expect(sentIn(http.requests[0]?.body)).toEqual([]);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const { shipper } = shipperOf(() => ({ status: 503 }));
    const done = shipper.ship('tetragon', events(1), stop.signal);
    stop.abort();
    await expect(done).rejects.toMatchObject({ code: 'cancelled' });
  });
});
