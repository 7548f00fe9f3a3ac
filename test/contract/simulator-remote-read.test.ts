import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Selector, Series } from '../../src/conventions/index.ts';
import { createDemoCluster, createPrometheusServer, type DemoCluster } from '../../src/demo/index.ts';
import { createHttpClient, type HttpClient, type Listener, listen, seededRandom, systemClock } from '../../src/platform/index.ts';
import { createPrometheusSource, type Rung, type SeriesSource } from '../../src/prometheus/index.ts';

const STEP_MS = 30_000;
const NOW_MS = Date.UTC(2026, 4, 6, 12);
const HISTORY_MS = 2 * 3_600_000;

describe('the simulated Prometheus', () => {
  let cluster: DemoCluster;
  let listener: Listener;
  let http: HttpClient;
  const source = (rung: Rung): SeriesSource =>
    createPrometheusSource(
      { http, clock: systemClock, random: seededRandom(1) },
      { url: listener.url, maxBytes: 64e6, timeoutMs: 10_000, rung, retries: 0 },
    );
  const read = async (rung: Rung, ...selectors: Selector[]): Promise<readonly (readonly Series[])[]> => {
    const results = await source(rung).read({ selectors, startMs: NOW_MS - HISTORY_MS, endMs: NOW_MS });
    return results.map(({ series }) => series);
  };
  const post = async (path: string, body: Uint8Array = new Uint8Array(0)): Promise<{ status: number; text: string }> => {
    const response = await http.request({ method: 'POST', url: `${listener.url}${path}`, headers: {}, body, timeoutMs: 5000 });
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    return { status: response.status, text: Buffer.concat(chunks).toString() };
  };

  beforeAll(async () => {
    cluster = createDemoCluster({ seed: 3, workloads: 6, stepMs: STEP_MS, historyMs: HISTORY_MS, nowMs: NOW_MS });
    http = createHttpClient({});
    const handler = createPrometheusServer({
      store: cluster.store,
      catchUp: () => undefined,
      begin: (kind, workload) => cluster.begin(kind, workload, NOW_MS),
    });
    listener = await listen(handler, { host: '127.0.0.1', port: 0, name: 'simulated' });
  });
  afterAll(async () => {
    await http.close();
    await listener.close();
  });

  it('answers streamed chunks and samples with the same values as its store', async () => {
    const selector: Selector = [{ name: '__name__', type: '=', value: 'container_cpu_usage_seconds_total' }];
    const own = [...cluster.store.select(selector, NOW_MS - HISTORY_MS, NOW_MS)];
    expect(own.length).toBeGreaterThan(10);
    for (const rung of ['streamed', 'samples'] as const) {
      const [series = []] = await read(rung, selector);
      const byPod = new Map(series.map((one) => [JSON.stringify(Object.entries(one.labels).sort()), one]));
      expect(byPod.size).toBe(own.length);
      for (const one of own) {
        const other = byPod.get(JSON.stringify(Object.entries(one.labels).sort()));
        expect(other?.timesMs).toEqual(one.timesMs);
        expect(other?.values).toEqual(one.values);
      }
    }
  });

  it('anchors patterns and answers several selectors in their order', async () => {
    const [nodes = [], none = [], cart = []] = await read(
      'streamed',
      [
        { name: '__name__', type: '=', value: 'node_uname_info' },
        { name: 'nodename', type: '=~', value: 'node-[12]' },
      ],
      [{ name: '__name__', type: '=~', value: 'uname' }],
      [
        { name: '__name__', type: '=~', value: 'container_(network|fs)_.*' },
        { name: 'pod', type: '=~', value: 'cart-.+' },
        { name: 'container', type: '!~', value: '.+' },
      ],
    );
    expect(nodes.map(({ labels }) => labels.nodename).sort()).toEqual(['node-1', 'node-2']);
    expect(none).toEqual([]);
    expect(new Set(cart.map(({ labels }) => labels.__name__)).size).toBe(4);
  });

  it('ends a series with its stale marker', async () => {
    const selector: Selector = [{ name: '__name__', type: '=', value: 'kube_pod_owner' }];
    cluster.begin('rollout', 'frontend', NOW_MS);
    cluster.catchUp(NOW_MS + 10 * 60_000);
    const results = await source('streamed').read({ selectors: [selector], startMs: NOW_MS - HISTORY_MS, endMs: NOW_MS + 10 * 60_000 });
    const ended = (results[0]?.series ?? []).filter(({ labels }) => labels.pod?.startsWith('frontend-')).filter(({ staleMs }) => staleMs);
    expect(ended.length).toBeGreaterThan(0);
  });

  it('says what is wrong with a request instead of an empty answer', async () => {
    expect((await post('/api/v1/read', Buffer.from('no protobuf'))).status).toBe(400);
    await expect(read('streamed', [{ name: 'pod', type: '=~', value: '(' }])).rejects.toMatchObject({ code: 'upstream_refused' });
    expect((await post('/api/v1/query')).status).toBe(404);
  });

  it('begins a scenario when asked to', async () => {
    expect((await post('/scenario/miner?workload=cart')).status).toBe(202);
    expect((await post('/scenario/earthquake')).text).toMatch(/there are miner/);
    expect((await post('/scenario/miner?workload=nobody')).text).toMatch(/no workload is called nobody/);
    cluster.catchUp(NOW_MS + 15 * 60_000);
    expect(cluster.truth.some(({ kind, workload }) => kind === 'miner' && workload === 'cart')).toBe(true);
  });
});
