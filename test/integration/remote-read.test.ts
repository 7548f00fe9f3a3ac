import type { SelectorResult } from '../../src/conventions/index.ts';
import { createHttpClient, systemClock, systemRandom } from '../../src/platform/index.ts';
import { createPrometheusSource, formatSelector, parseSelector, type Rung, type SourceEvent } from '../../src/prometheus/index.ts';
import { ProtoWriter } from '../../src/prometheus/wire/proto-writer.ts';
import { snappyEncode } from '../../src/prometheus/wire/snappy.ts';
import { describeWith } from './real-program.ts';
import {
  formatLabels,
  formatValue,
  loadBlocks,
  type RunningPrometheus,
  randomSeries,
  sleep,
  startPrometheus,
  startTarget,
} from './remote-read-fixture.ts';
import { chunkTypesOnTheWire } from './remote-read-wire.ts';

const START_MS = Date.UTC(2024, 0, 10, 6);
const STEP_MS = 15_000;
const STEPS = 240;
const SERIES = 1000;
const EXTERNAL = { cluster: 'c1', prometheus: 'monitoring/k8s', prometheus_replica: 'prometheus-k8s-0' };
const RUNGS: readonly Rung[] = ['streamed', 'samples', 'query'];
const SCRAPES = 16;

const http = createHttpClient();
afterAll(() => http.close());

const sourceFor = (url: string, rung?: Rung, events: SourceEvent[] = []) =>
  createPrometheusSource(
    { http, clock: systemClock, random: systemRandom, onEvent: (event) => events.push(event) },
    {
      url,
      maxBytes: 256 * 1024 * 1024,
      timeoutMs: 60_000,
      externalLabels: Object.keys(EXTERNAL),
      ...(rung === undefined ? {} : { rung }),
    },
  );

/** Comparable content: labels to the text of all samples, which tells NaN from a number and -0 from 0. */
const contentOf = ({ series }: SelectorResult, withStale: boolean): Map<string, string> =>
  new Map(
    series
      // The query API does not return series that have only a staleness marker in the range.
      .filter(({ timesMs }) => withStale || timesMs.length > 0)
      .map(({ labels, timesMs, values, staleMs }) => [
        JSON.stringify(Object.entries(labels).sort()),
        `${withStale ? staleMs : ''} ${Array.from(timesMs, (time, i) => `${time}=${Object.is(values[i], -0) ? '-0' : values[i]}`).join(' ')}`,
      ]),
  );

const configOf = (target: string, floats?: string): string => `
global:
  external_labels: ${JSON.stringify(EXTERNAL)}
${floats === undefined ? '' : `storage: { tsdb: { chunk_encoding: { floats: ${floats} } } }`}
scrape_configs:
  - job_name: live
    scrape_interval: 250ms
    scrape_timeout: 200ms
    static_configs: [{ targets: ['${target}'] }]
`;

/** 1,000 live series of which every tenth vanishes half-way and every fifteenth comes late. */
const liveText = (scrape: number): string =>
  randomSeries(SERIES, 0, 1, 3, scrape + 1)
    .map(({ labels, values }, i) =>
      (i % 10 === 0 && scrape > SCRAPES / 2) || (i % 15 === 1 && scrape < 5)
        ? ''
        : `live_${labels.__name__}${formatLabels(labels)} ${formatValue(values[0] ?? 0)}\n`,
    )
    .join('');

const cases = [
  { name: 'Prometheus 3.x, xor', programs: ['prometheus', 'promtool'], floats: 'xor', wire: [1] },
  { name: 'Prometheus 3.x, xor2', programs: ['prometheus', 'promtool'], floats: 'xor2', wire: [4] },
  { name: "Debian's Prometheus 2.42", programs: ['debian-prometheus', 'promtool'], floats: undefined, wire: [1] },
];

describe.each(cases)('createPrometheusSource on $name', ({ programs, floats, wire }) => {
  describeWith(programs, 'reads', (binary, promtool) => {
    const loaded = randomSeries(SERIES, START_MS, STEP_MS, STEPS, 42);
    const endMs = START_MS + STEP_MS * STEPS;
    let server: RunningPrometheus;
    let target: Awaited<ReturnType<typeof startTarget>>;
    let liveFromMs = 0;
    let liveToMs = 0;

    beforeAll(async () => {
      target = await startTarget(liveText);
      liveFromMs = Date.now();
      server = await startPrometheus({
        binary: binary!,
        config: configOf(target.address, floats),
        load: (folder) => loadBlocks(promtool!, loaded, folder),
      });
      while (target.scrapes() < SCRAPES) await sleep(100);
      target.stop();
      // The next scrape fails and marks every series as ended.
      await sleep(1000);
      liveToMs = Date.now();
    });
    afterAll(() => {
      target.stop();
      return server?.stop();
    });

    it('1,000 loaded series with the values that were written', async () => {
      const source = sourceFor(server.url);
      const [result] = await source.read({ selectors: [parseSelector('{__name__=~"random_.*"}')], startMs: START_MS, endMs });
      expect(source.rung).toBe('streamed');
      const written = contentOf({ selector: 0, series: loaded }, false);
      expect(contentOf(result!, false)).toEqual(written);
      expect(result!.series).toHaveLength(SERIES);
    });

    it.each([
      { range: 'the whole stretch', fromMs: START_MS, toMs: START_MS + STEP_MS * STEPS },
      { range: 'a part that cuts chunks', fromMs: START_MS + 1_234_567, toMs: START_MS + 2_345_678 },
      { range: 'an instant with a sample', fromMs: START_MS + 60 * STEP_MS, toMs: START_MS + 60 * STEP_MS },
    ])('the same by streamed, samples and query: $range', async ({ fromMs, toMs }) => {
      const selectors = [parseSelector('{__name__=~"random_[0-3]"}'), parseSelector('random_5{namespace!="team-3"}')];
      const answers = await Promise.all(RUNGS.map((rung) => sourceFor(server.url, rung).read({ selectors, startMs: fromMs, endMs: toMs })));
      const [streamed, samples, query] = answers.map((results) => results.map((result) => contentOf(result, false)));
      expect(streamed!.every((content) => content.size > 50)).toBe(true);
      expect(samples).toEqual(streamed);
      expect(query).toEqual(streamed);
    });

    it('live series with the ends of those that vanished', async () => {
      const request = { selectors: [parseSelector('{__name__=~"live_random_.*"}')], startMs: liveFromMs, endMs: liveToMs };
      const [streamed, samples, query] = await Promise.all(RUNGS.map((rung) => sourceFor(server.url, rung).read(request)));
      expect(streamed![0]!.series).toHaveLength(SERIES);
      expect(streamed![0]!.series.every(({ timesMs, staleMs }) => timesMs.length > 3 && staleMs !== undefined)).toBe(true);
      expect(contentOf(samples![0]!, true)).toEqual(contentOf(streamed![0]!, true));
      expect(contentOf(query![0]!, false)).toEqual(contentOf(streamed![0]!, false));
    });

    it(`chunks of type ${wire} on the wire`, async () => {
      const selector = parseSelector('{__name__=~"live_random_.*"}');
      expect(await chunkTypesOnTheWire(http, server.url, { selector, startMs: liveFromMs, endMs: liveToMs })).toEqual(wire);
    });

    it('series without the external labels, by every rung, also when they are asked for', async () => {
      const selectors = [parseSelector('random_1{cluster="c1"}')];
      const answers = await Promise.all(RUNGS.map((rung) => sourceFor(server.url, rung).read({ selectors, startMs: START_MS, endMs })));
      const [streamed, samples, query] = answers.map(([result]) => contentOf(result!, false));
      expect(streamed!.size).toBe(loaded.filter(({ labels }) => labels.__name__ === 'random_1').length);
      expect(samples).toEqual(streamed);
      expect(query).toEqual(streamed);
      const [keeping] = await createPrometheusSource(
        { http, clock: systemClock, random: systemRandom },
        { url: server.url, maxBytes: 1e8, timeoutMs: 60_000, externalLabels: ['prometheus_replica'] },
      ).read({ selectors, startMs: START_MS, endMs });
      expect(keeping!.series[0]!.labels).toMatchObject({ cluster: 'c1', prometheus: 'monitoring/k8s' });
      expect(keeping!.series[0]!.labels).not.toHaveProperty('prometheus_replica');
    });

    it('a long range in slices that together are the whole', async () => {
      const selectors = [parseSelector('{__name__=~"random_.*"}')];
      const source = createPrometheusSource(
        { http, clock: systemClock, random: systemRandom },
        { url: server.url, maxBytes: 1e8, timeoutMs: 60_000, sliceBytes: 500_000, firstSliceMs: 300_000 },
      );
      const seen = new Map<object, number>();
      let slices = 0;
      for await (const { startMs, endMs: to, results } of source.readSlices({ selectors, startMs: START_MS, endMs })) {
        slices++;
        for (const { labels, timesMs } of results[0]!.series) {
          expect(timesMs[0]! >= startMs && timesMs.at(-1)! <= to).toBe(true);
          seen.set(labels, (seen.get(labels) ?? 0) + timesMs.length);
        }
      }
      expect(slices).toBeGreaterThan(4);
      // One Labels object per series over all slices.
      expect(seen.size).toBe(SERIES);
      const total = [...seen.values()].reduce((a, b) => a + b, 0);
      expect(total).toBe(loaded.reduce((sum, { timesMs }) => sum + timesMs.length, 0));
    });

    it('nothing after an error behind a good answer in the same stream', async () => {
      const bad = [{ name: 'index', type: '=~' as const, value: '((' }];
      const events: SourceEvent[] = [];
      const source = sourceFor(server.url, 'streamed', events);
      const read = source.read({ selectors: [parseSelector('random_1'), bad], startMs: START_MS, endMs });
      await expect(read).rejects.toMatchObject({ code: expect.stringMatching(/corrupt_response|upstream_refused/) });
      expect(events.filter(({ type }) => type === 'rung')).toEqual([]);
    });

    it('a selector back in the form that Prometheus reads', async () => {
      const selector = parseSelector('{__name__="random_0",path=~"(?s)C:.*",city="Zürich 東京 🚀"}');
      const [result] = await sourceFor(server.url).read({ selectors: [selector], startMs: START_MS, endMs });
      const form = new URLSearchParams({ query: `count(last_over_time(${formatSelector(selector)}[2h]))`, time: String(endMs / 1000) });
      const answer = (await (await fetch(`${server.url}/api/v1/query?${form}`)).json()) as {
        data: { result: { value: [number, string] }[] };
      };
      expect(answer.data.result[0]!.value[1]).toBe(String(result!.series.length));
    });
  });
});

describeWith(['prometheus'], 'native histograms', (binary) => {
  it('are counted and passed over', async () => {
    const server = await startPrometheus({ binary: binary!, config: 'scrape_configs: []' });
    try {
      const nowMs = Date.now();
      const body = snappyEncode(writeRequest(nowMs));
      const headers = { 'content-encoding': 'snappy', 'content-type': 'application/x-protobuf' };
      const written = await fetch(`${server.url}/api/v1/write`, { method: 'POST', headers, body: Buffer.from(body) });
      expect(written.status).toBe(204);
      for (const rung of RUNGS) {
        const events: SourceEvent[] = [];
        const request = { selectors: [parseSelector('{__name__=~"native|plain"}')], startMs: nowMs - 60_000, endMs: nowMs };
        const [result] = await sourceFor(server.url, rung, events).read(request);
        expect(result!.series.map(({ labels, values }) => [labels.__name__, ...values])).toEqual([['plain', 7]]);
        expect(events[0]).toMatchObject({ type: 'request', code: 'ok', stats: { histogramSamples: 1, samples: 1 } });
      }
    } finally {
      await server.stop();
    }
  });
});

/** A remote-write request with one native histogram and one float. */
const writeRequest = (timeMs: number): Uint8Array => {
  const label = (name: string): Uint8Array => {
    const out = new ProtoWriter();
    out.string(1, '__name__');
    out.string(2, name);
    return out.bytes();
  };
  const histogram = new ProtoWriter();
  // Field numbers of prompb.Histogram: count, sum, zero threshold, zero count, time; five observations, all in the zero bucket.
  histogram.int64Field(1, 5);
  histogram.doubleField(3, 0x40140000, 0);
  histogram.doubleField(5, 0x3f000000, 0);
  histogram.int64Field(6, 5);
  histogram.int64Field(15, timeMs);
  const sample = new ProtoWriter();
  sample.doubleField(1, 0x401c0000, 0);
  sample.int64Field(2, timeMs);
  const native = new ProtoWriter();
  native.block(1, label('native'));
  native.block(4, histogram.bytes());
  const plain = new ProtoWriter();
  plain.block(1, label('plain'));
  plain.block(2, sample.bytes());
  const out = new ProtoWriter();
  out.block(1, native.bytes());
  out.block(1, plain.bytes());
  return out.bytes();
};
