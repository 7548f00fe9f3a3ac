import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient, systemClock, systemRandom } from '../../src/platform/index.ts';
import {
  CONTENT_TYPE,
  createPrometheusSource,
  encodeStreamedFrame,
  type ReadRequest,
  type SourceEvent,
} from '../../src/prometheus/index.ts';

// What the unit tests play with prepared answers, here over a socket: where a stream is cut and how slowly it comes is decided by TCP.
const START_MS = 1_700_000_000_000;
const request: ReadRequest = { selectors: [[{ name: '__name__', type: '=', value: 'm' }]], startMs: START_MS, endMs: START_MS + 1e6 };
const frames = Array.from({ length: 50 }, (_, i) =>
  encodeStreamedFrame(0, {
    labels: { __name__: 'm', pod: `pod-${i}` },
    timesMs: Float64Array.from({ length: 100 }, (_, k) => START_MS + k * 1000),
    values: Float64Array.from({ length: 100 }, (_, k) => Math.sin(i + k)),
  }),
);
const whole = Buffer.concat(frames);
const WITHIN_A_FRAME = Buffer.concat(frames.slice(0, 10)).length + 13;

let answer: (response: ServerResponse) => void = () => undefined;
const server = createServer((_, response) => {
  response.setHeader('content-type', CONTENT_TYPE.streamed);
  answer(response);
});
const http = createHttpClient();
const events: SourceEvent[] = [];
const read = (timeoutMs = 5_000) =>
  createPrometheusSource(
    { http, clock: systemClock, random: systemRandom, onEvent: (event) => events.push(event) },
    { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, maxBytes: 1e7, timeoutMs, retries: 0 },
  ).read(request);

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
beforeEach(() => events.splice(0));
afterAll(async () => {
  await http.close();
  server.close();
  server.closeAllConnections();
});

describe('createPrometheusSource', () => {
  it('reads a stream that comes in pieces of 7 bytes', async () => {
    answer = (response) => {
      for (let at = 0; at < whole.length; at += 7) response.write(whole.subarray(at, at + 7));
      response.end();
    };
    const [result] = await read();
    expect(result!.series).toHaveLength(50);
    expect(result!.series.every(({ timesMs }) => timesMs.length === 100)).toBe(true);
  });

  it.each([
    { name: 'cut between two frames without an end', at: Buffer.concat(frames.slice(0, 20)).length, code: 'upstream_unavailable' },
    { name: 'cut within a frame without an end', at: WITHIN_A_FRAME, code: 'upstream_unavailable' },
  ])('gives nothing of a stream $name', async ({ at, code }) => {
    answer = (response) => {
      response.write(whole.subarray(0, at));
      setTimeout(() => response.destroy(), 20);
    };
    await expect(read()).rejects.toMatchObject({ code });
    expect(events).toMatchObject([{ type: 'request', code, stats: { samples: 0 } }]);
  });

  it('gives nothing of a stream that ends within a frame', async () => {
    answer = (response) => response.end(whole.subarray(0, WITHIN_A_FRAME));
    await expect(read()).rejects.toMatchObject({ code: 'corrupt_response', message: expect.stringContaining('behind the last frame') });
    expect(events.map(({ type }) => type)).toEqual(['request', 'corrupt']);
  });

  it('gives nothing of a stream with an error text behind good frames', async () => {
    answer = (response) => {
      response.write(whole);
      response.end('query timed out in query execution\n');
    };
    await expect(read()).rejects.toMatchObject({ code: 'corrupt_response', message: expect.stringContaining('query timed out') });
  });

  it('ends at its deadline where a server sends a byte now and then', async () => {
    answer = (response) => {
      let at = 0;
      const timer = setInterval(() => response.write(whole.subarray(at++, at)), 20);
      response.on('close', () => clearInterval(timer));
    };
    await expect(read(300)).rejects.toMatchObject({ code: 'timeout' });
    expect(events).toMatchObject([{ type: 'request', code: 'timeout' }]);
  });
});
