import { BellwetherError } from '../../platform/index.ts';
import { type FakeAnswer, fakeHttpClient } from '../../testing/fake-http-client.ts';
import { createSkippingClock } from '../../testing/skipping-clock.ts';
import type { ReadRequest } from '../series-source.ts';
import { CONTENT_TYPE, encodeSamplesResponse, encodeStreamedFrame, frame } from '../wire/encode-response.ts';
import { ProtoWriter } from '../wire/proto-writer.ts';
import { decodeReadRequest } from '../wire/read-request.ts';
import { createPrometheusSource } from './prometheus-source.ts';
import type { SourceEvent } from './source-event.ts';
import type { PrometheusSourceOptions } from './source-options.ts';

const START_MS = 1_700_000_000_000;
const series = {
  labels: { __name__: 'up', job: 'node' },
  timesMs: Float64Array.of(START_MS, START_MS + 15_000),
  values: Float64Array.of(1, 0.5),
};
const results = [{ selector: 0, series: [{ ...series, staleMs: undefined }] }];
const request: ReadRequest = {
  selectors: [[{ name: '__name__', type: '=', value: 'up' }]],
  startMs: START_MS,
  endMs: START_MS + 60_000,
};

const streamed = (...frames: readonly Uint8Array[]): FakeAnswer => ({
  headers: { 'content-type': CONTENT_TYPE.streamed },
  body: Buffer.concat(frames),
});
const sampled = (): FakeAnswer => ({
  headers: { 'content-type': CONTENT_TYPE.samples, 'content-encoding': 'snappy' },
  body: encodeSamplesResponse(results),
});
const json = (data: unknown, status = 200): FakeAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(data),
});
const matrix = (): FakeAnswer =>
  json({
    status: 'success',
    data: {
      resultType: 'matrix',
      result: [
        {
          metric: series.labels,
          values: [
            [START_MS / 1000, '1'],
            [START_MS / 1000 + 15, '0.5'],
          ],
        },
      ],
    },
  });
const html: FakeAnswer = { headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html>Sign in</html>' };
const notFound: FakeAnswer = { status: 404, body: '404 page not found' };
const good = streamed(encodeStreamedFrame(0, series));

type Server = (path: string, accepted: readonly number[], index: number) => FakeAnswer;

const setup = (server: Server, options: Partial<PrometheusSourceOptions> = {}) => {
  const clock = createSkippingClock(START_MS);
  const events: SourceEvent[] = [];
  const http = fakeHttpClient(({ url, body }, index) => {
    const path = new URL(url).pathname;
    return server(path, path.endsWith('/read') ? decodeReadRequest(body as Uint8Array).acceptedTypes : [], index);
  });
  const source = createPrometheusSource(
    { http, clock, random: () => 0.5, onEvent: (event) => events.push(event) },
    { url: 'http://prometheus:9090/', maxBytes: 1e6, timeoutMs: 10_000, ...options },
  );
  const paths = () => http.requests.map(({ url }) => new URL(url).pathname);
  const fallbacks = () => events.flatMap((event) => (event.type === 'fallback' ? [`${event.from} ${event.to} ${event.reason}`] : []));
  return { source, http, clock, events, paths, fallbacks };
};

describe('createPrometheusSource', () => {
  it('sends one request with a query per selector, prefix, tenant and both types', async () => {
    const { source, http } = setup(() => streamed(), { url: 'http://mimir/prometheus', tenant: 'team-a' });
    const selectors = [request.selectors[0]!, [{ name: 'a', type: '=~' as const, value: 'b' }]];
    await source.read({ ...request, selectors });
    const [{ url, method, headers, body }] = http.requests as [(typeof http.requests)[0]];
    expect([method, url]).toEqual(['POST', 'http://mimir/prometheus/api/v1/read']);
    expect(headers).toMatchObject({ 'x-scope-orgid': 'team-a', 'content-encoding': 'snappy', 'x-prometheus-remote-read-version': '0.1.0' });
    expect(decodeReadRequest(body as Uint8Array)).toEqual({
      queries: selectors.map((selector) => ({ selector, startMs: request.startMs, endMs: request.endMs })),
      acceptedTypes: [1, 0],
    });
  });

  it.each([
    { name: 'streamed', server: (() => good) as Server, rung: 'streamed', calls: ['/api/v1/read'] },
    { name: 'sampled, as Cortex answers', server: (() => sampled()) as Server, rung: 'samples', calls: ['/api/v1/read'] },
    {
      name: 'sampled, where the list of types is refused',
      server: ((_, accepted) =>
        accepted.length > 1 ? { status: 400, body: 'none of requested response types implemented' } : sampled()) as Server,
      rung: 'samples',
      calls: ['/api/v1/read', '/api/v1/read'],
    },
    {
      name: 'queried, where there is no remote read, as in VictoriaMetrics',
      server: ((path) => (path.endsWith('/read') ? notFound : matrix())) as Server,
      rung: 'query',
      calls: ['/api/v1/read', '/api/v1/query'],
    },
    {
      name: 'queried, where a proxy answers a page',
      server: ((path) => (path.endsWith('/read') ? html : matrix())) as Server,
      rung: 'query',
      calls: ['/api/v1/read', '/api/v1/query'],
    },
  ])('reads series $name', async ({ server, rung, calls }) => {
    const { source, paths, events } = setup(server);
    expect(await source.read(request)).toEqual(results);
    expect(source.rung).toBe(rung);
    expect(paths()).toEqual(calls);
    expect(events.at(-1)).toEqual({ type: 'rung', rung });
  });

  it('gives one Labels object per series over reads and rungs', async () => {
    const servers = [good, notFound, matrix(), sampled()];
    const { source } = setup((_path, _accepted, index) => servers[index] ?? sampled(), { probeIntervalMs: 0 });
    const seen = new Set<object>();
    for (let i = 0; i < 2; i++) {
      for (const result of await source.read(request)) for (const { labels } of result.series) seen.add(labels);
    }
    expect(source.rung).toBe('query');
    expect(seen.size).toBe(1);
  });

  it('takes the rung that it knows, and looks for a better one after the probe interval', async () => {
    let hasRead = false;
    const { source, paths, clock } = setup((path) => (path.endsWith('/read') ? (hasRead ? good : notFound) : matrix()), {
      probeIntervalMs: 60_000,
    });
    await source.read(request);
    await source.read(request);
    expect(paths()).toEqual(['/api/v1/read', '/api/v1/query', '/api/v1/query']);
    hasRead = true;
    clock.advance(60_001);
    await source.read(request);
    expect(paths().at(-1)).toBe('/api/v1/read');
    expect(source.rung).toBe('streamed');
  });

  it.each([
    { name: '404', answer: notFound },
    { name: '400', answer: { status: 400, body: 'bad request' } },
    { name: 'another Content-Type', answer: html },
  ])('climbs the whole ladder again where the known rung answers $name', async ({ answer }) => {
    let replaced = false;
    const { source, fallbacks } = setup((path) => {
      if (path.endsWith('/read')) return replaced ? good : notFound;
      return replaced ? answer : matrix();
    });
    await source.read(request);
    replaced = true;
    expect(await source.read(request)).toEqual(results);
    expect(fallbacks()).toEqual(['streamed query unsupported', 'query streamed probe']);
  });

  it('goes on to the query API where both forms of remote read are refused, as by a server that answers 400 to an unknown path', async () => {
    const unknownPath = { status: 400, body: 'unsupported path requested: "/api/v1/read"' };
    const { source, fallbacks } = setup((path) => (path.endsWith('/read') ? unknownPath : matrix()));
    expect(await source.read(request)).toEqual(results);
    expect(fallbacks()).toEqual(['streamed samples refused', 'samples query refused']);
  });

  it('fails with what the query API says where every rung refuses the query', async () => {
    const { source, paths } = setup((path) => ({ status: 400, body: `bad query for ${path}` }));
    await expect(source.read(request)).rejects.toThrow(/bad query for \/api\/v1\/query/);
    expect(paths()).toHaveLength(3);
  });

  it('asks for samples where a chunk is of an unknown type', async () => {
    const chunk = new ProtoWriter();
    chunk.int64Field(3, 9);
    chunk.block(4, new Uint8Array(20));
    const unknown = new ProtoWriter();
    unknown.block(1, Uint8Array.of(0x0a, 1, 97, 0x12, 1, 98));
    unknown.block(2, chunk.bytes());
    const payload = new ProtoWriter();
    payload.block(1, unknown.bytes());
    const { source, fallbacks } = setup((_, accepted) => (accepted.includes(1) ? streamed(frame(payload.bytes())) : sampled()));
    expect(await source.read(request)).toEqual(results);
    expect(fallbacks()).toEqual(['streamed samples unknown_chunk']);
  });

  it('removes samples outside the range, as Mimir sends them', async () => {
    const wide = { ...series, timesMs: Float64Array.of(START_MS - 1, START_MS, START_MS + 60_001), values: Float64Array.of(7, 8, 9) };
    const { source, events } = setup(() => streamed(encodeStreamedFrame(0, wide)));
    const [result] = await source.read(request);
    expect([...result!.series[0]!.values]).toEqual([8]);
    expect(events[0]).toMatchObject({ type: 'request', code: 'ok', stats: { samples: 1, droppedSamples: 2 } });
  });

  const tail = Buffer.from('remote error: storage failed\n');
  it.each([
    { name: 'text behind the frames', answer: streamed(encodeStreamedFrame(0, series), tail), code: 'corrupt_response' },
    { name: 'half a frame', answer: streamed(encodeStreamedFrame(0, series).subarray(0, 30)), code: 'corrupt_response' },
    {
      name: 'a wrong checksum',
      answer: streamed(encodeStreamedFrame(0, series).map((byte, i) => (i === 20 ? byte ^ 1 : byte))),
      code: 'corrupt_response',
    },
    {
      name: 'a connection that breaks off',
      answer: { ...good, body: [encodeStreamedFrame(0, series), new BellwetherError('upstream_unavailable', 'reset')] },
      code: 'upstream_unavailable',
    },
    { name: '503', answer: { status: 503, body: 'TSDB not ready' }, code: 'upstream_unavailable' },
    { name: '500', answer: { status: 500, body: 'storage' }, code: 'upstream_unavailable' },
    { name: 'a sampled answer that is no snappy', answer: { ...sampled(), body: 'hello' }, code: 'corrupt_response' },
  ] satisfies { name: string; answer: FakeAnswer; code: string }[])(
    'fails as a whole on $name, after its retries',
    async ({ answer, code }) => {
      const { source, paths, events } = setup(() => answer);
      await expect(source.read(request)).rejects.toMatchObject({ code });
      expect(paths()).toHaveLength(3);
      expect(events.filter(({ type }) => type === 'retry')).toHaveLength(2);
      expect(events.filter(({ type }) => type === 'corrupt')).toHaveLength(code === 'corrupt_response' ? 3 : 0);
      expect(events.find(({ type }) => type === 'request')).toMatchObject({ code, stats: { samples: 0 } });
      expect(source.rung).toBeUndefined();
    },
  );

  it('recovers by itself within a read', async () => {
    const { source } = setup((_path, _accepted, index) => (index === 0 ? { status: 503, headers: { 'retry-after': '1' } } : good));
    expect(await source.read(request)).toEqual(results);
  });

  it.each([
    { name: '401', answer: { status: 401, body: 'who are you' }, code: 'upstream_refused' },
    { name: 'a bad regular expression', answer: { status: 500, body: 'error parsing regexp: missing )' }, code: 'upstream_refused' },
    { name: 'a limit', answer: { status: 400, body: 'exceeded sample limit (50000000)' }, code: 'limit_exceeded' },
    { name: 'an answer larger than maxBytes', answer: { ...good, body: Buffer.alloc(1_000_001) }, code: 'limit_exceeded' },
  ] satisfies { name: string; answer: FakeAnswer; code: string }[])(
    'says at once that it cannot read on $name',
    async ({ answer, code }) => {
      const { source, paths } = setup(() => answer, { retries: 0 });
      await expect(source.read(request)).rejects.toMatchObject({ code: expect.stringMatching(code) });
      expect(paths()).toHaveLength(1);
    },
  );

  it('stays on a rung that it is told to stay on', async () => {
    const { source, paths } = setup(() => notFound, { rung: 'streamed' });
    await expect(source.read(request)).rejects.toMatchObject({ code: 'upstream_unsupported' });
    expect(paths()).toEqual(['/api/v1/read']);
  });

  it('asks the query API for raw samples, and for resampled ones where a limit forbids that', async () => {
    const tooMany = json(
      { status: 'error', errorType: 'execution', error: 'query processing would load too many samples into memory' },
      422,
    );
    const { source, http, fallbacks } = setup((path) => (path.endsWith('/query') ? tooMany : matrix()), { rung: 'query' });
    const selector = [...request.selectors[0]!, { name: 'prometheus', type: '=' as const, value: 'external' }];
    expect(await source.read({ ...request, selectors: [selector] })).toEqual(results);
    const forms = http.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body as string)));
    expect(forms[0]).toEqual({ query: 'up[60001ms]', time: '1700000060.000', partial_response: 'false' });
    // The grid of 30 s does not depend on the range: its first point in the range is at 1700000010.
    expect(forms[1]).toEqual({ query: 'up', start: '1700000010.000', end: '1700000060.000', step: '30.000', partial_response: 'false' });
    expect(fallbacks()).toEqual(['query query_range limit']);
  });

  it.each([
    { name: 'no JSON', body: 'not json' },
    { name: 'another shape', body: '{"data":[]}' },
    { name: 'a vector', body: '{"data":{"resultType":"vector","result":[]}}' },
    { name: 'a value that is no number', body: '{"data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"x"]]}]}}' },
    { name: 'a label that is no string', body: '{"data":{"resultType":"matrix","result":[{"metric":{"a":1},"values":[]}]}}' },
  ])('refuses a query answer with $name', async ({ body }) => {
    const { source } = setup(() => ({ headers: { 'content-type': 'application/json' }, body }), { rung: 'query', retries: 0 });
    await expect(source.read(request)).rejects.toMatchObject({ code: 'corrupt_response' });
  });

  it('refuses a URL that is none', () => {
    expect(() => setup(() => good, { url: 'prometheus:9090' })).toThrow(expect.objectContaining({ code: 'invalid_config' }));
  });
});
