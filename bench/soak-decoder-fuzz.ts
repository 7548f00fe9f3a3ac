// Feeds mutated answers to the remote-read decoder: no crash, nothing accepted in part, bounded memory. [--seed N] [--count N]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { SelectorResult } from '../src/conventions/index.ts';
import { BellwetherError, type Random, seededRandom, systemClock } from '../src/platform/index.ts';
import { bitsOf, isStale } from '../src/prometheus/chunk/float-bits.ts';
import { CONTENT_TYPE, createPrometheusSource, type ReadRequest } from '../src/prometheus/index.ts';
import { type FakeAnswer, fakeHttpClient } from '../src/testing/fake-http-client.ts';
import { framesOf, sampledBody, sampledProtobuf, streamedPayloads } from './decoder-fuzz/corpus.ts';
import { cut, mutate } from './decoder-fuzz/mutate.ts';

export interface FuzzFigures {
  readonly count: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Largest growth of resident memory over the run, bytes. */
  readonly grownBytes: number;
}

const REQUEST: ReadRequest = {
  selectors: [[{ name: 'a', type: '=', value: 'b' }], [{ name: 'a', type: '=', value: 'c' }]],
  startMs: 1_600_000_000_000,
  endMs: 1_800_000_000_000,
};
// What an answer of broken bytes may be refused with.
const REFUSALS = new Set(['corrupt_response', 'upstream_unsupported', 'limit_exceeded']);
// Mutated labels are new series each time: a source is used for some thousand answers, as it would forget them over hours.
const ANSWERS_PER_SOURCE = 2_000;
const MAX_GROWTH_BYTES = 300 * 2 ** 20;
const MAX_BYTES = 1_000_000;

type Outcome = { readonly results: readonly SelectorResult[] } | { readonly code: string };

/** A source whose next answer is set from outside. */
const createTarget = (random: Random) => {
  let answer: FakeAnswer = {};
  // The fake client remembers its requests: it is made anew with each source, or a million answers would look like a leak.
  const make = () => {
    const http = fakeHttpClient(() => answer);
    return createPrometheusSource(
      { http: { ...http, request: async (request) => http.request(request) }, clock: systemClock, random },
      { url: 'http://fuzz', maxBytes: MAX_BYTES, maxSamples: 200_000, timeoutMs: 60_000, retries: 0, rung: 'streamed' },
    );
  };
  let source = make();
  let used = 0;
  return async (kind: 'streamed' | 'samples', parts: readonly Uint8Array[]): Promise<Outcome> => {
    if (++used % ANSWERS_PER_SOURCE === 0) source = make();
    answer = { headers: { 'content-type': CONTENT_TYPE[kind] }, body: parts };
    try {
      return { results: await source.read(REQUEST) };
    } catch (error) {
      if (!(error instanceof BellwetherError) || !REFUSALS.has(error.code)) throw error;
      return { code: error.code };
    }
  };
};

const digest = (outcome: Outcome): string =>
  'code' in outcome
    ? 'refused'
    : JSON.stringify(
        outcome.results.map(({ series }) =>
          series.map(({ labels, timesMs, values, staleMs }) => [labels, [...timesMs], [...bitsOf(values)], staleMs]),
        ),
      );

/** What holds for every accepted answer, however its bytes came about. */
const checkShape = (results: readonly SelectorResult[]): void => {
  if (results.length !== 2) throw new Error(`${results.length} results for 2 queries`);
  for (const { series } of results) {
    for (const { labels, timesMs, values, staleMs } of series) {
      const bits = bitsOf(values);
      if (!Object.isFrozen(labels) || timesMs.length !== values.length) throw new Error('shape of a series');
      for (let i = 0; i < timesMs.length; i++) {
        const time = timesMs[i]!;
        if (time < REQUEST.startMs || time > REQUEST.endMs || (i > 0 && time <= timesMs[i - 1]!)) throw new Error(`time ${time}`);
        if (isStale(bits, i)) throw new Error('a staleness marker among the samples');
      }
      if (staleMs !== undefined && timesMs.length > 0 && staleMs <= timesMs[timesMs.length - 1]!)
        throw new Error('end before the last sample');
    }
  }
};

/** Whether bytes are made of whole frames of the original: then accepting them is right. */
const isMadeOf = (bytes: Uint8Array, frames: readonly Uint8Array[]): boolean => {
  if (bytes.length === 0) return true;
  return frames.some((one) => Buffer.compare(bytes.subarray(0, one.length), one) === 0 && isMadeOf(bytes.subarray(one.length), frames));
};

const run = async (seed: number, count: number, onProgress: (done: number) => void = () => undefined): Promise<FuzzFigures> => {
  const random = seededRandom(seed);
  const read = createTarget(random);
  const startRss = process.memoryUsage.rss();
  let [accepted, rejected, grownBytes] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const kind = random() < 0.25 ? 'samples' : 'streamed';
    const payloads = streamedPayloads(random);
    const frames = payloads.map((payload) => framesOf([payload]));
    let bytes: Uint8Array;
    // Checksums protect a frame as a whole; to come behind them, half of the changes are made before the checksum.
    const sealed = kind === 'samples' || random() < 0.5;
    if (kind === 'samples')
      bytes = random() < 0.5 ? sampledBody(mutate(sampledProtobuf(random), random)) : mutate(sampledBody(sampledProtobuf(random)), random);
    else if (sealed)
      bytes = framesOf(payloads.map((payload, k) => (k === 0 ? mutate(payload, random) : payload)).filter(({ length }) => length > 0));
    else bytes = mutate(framesOf(payloads), random);
    const outcome = await read(kind, [bytes]);
    if ('code' in outcome) rejected++;
    else {
      accepted++;
      checkShape(outcome.results);
      if (!sealed && !isMadeOf(bytes, frames)) throw new Error(`answer ${i} of seed ${seed}: bytes under a wrong checksum were accepted`);
    }
    if (digest(await read(kind, cut(bytes, random))) !== digest(outcome))
      throw new Error(`answer ${i} of seed ${seed}: another outcome when cut`);
    if (i % 1000 === 999) {
      grownBytes = Math.max(grownBytes, process.memoryUsage.rss() - startRss);
      if (grownBytes > MAX_GROWTH_BYTES) throw new Error(`answer ${i} of seed ${seed}: memory has grown by ${grownBytes} bytes`);
      onProgress(i + 1);
    }
  }
  return { count, accepted, rejected, grownBytes };
};

/** Every good answer has to come out the same wherever it is cut once, and byte by byte. Gives back the number of cuts. */
export const cutEverywhere = async (seed: number, answers: number): Promise<number> => {
  const random = seededRandom(seed);
  const read = createTarget(random);
  let cuts = 0;
  for (let i = 0; i < answers; i++) {
    const bytes = framesOf(streamedPayloads(random));
    const whole = digest(await read('streamed', [bytes]));
    if (whole === 'refused') throw new Error(`answer ${i} of seed ${seed}: a good answer was refused`);
    for (let at = 0; at <= bytes.length; at++, cuts++) {
      const parts = at === bytes.length ? [...bytes].map((byte) => Uint8Array.of(byte)) : [bytes.subarray(0, at), bytes.subarray(at)];
      if (digest(await read('streamed', parts)) !== whole)
        throw new Error(`answer ${i} of seed ${seed}: another outcome when cut at ${at}`);
    }
  }
  return cuts;
};

export const soak = { name: 'decoder-fuzz', run };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '1000000' } } });
  const seed = Number(values.seed);
  const startedMs = performance.now();
  const report = (done: number): void => {
    if (done % 50_000 === 0) console.log(`${done} answers, ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
  };
  const cuts = await cutEverywhere(seed, 20);
  const figures = await soak.run(seed, Number(values.count), report);
  console.log(
    `seed ${seed}: ${cuts} cuts of good answers; ${figures.count} mutated answers: ${figures.rejected} refused, ${figures.accepted} accepted as a whole; ` +
      `memory grew by ${(figures.grownBytes / 2 ** 20).toFixed(0)} MiB`,
  );
}
