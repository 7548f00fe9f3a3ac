import { snappyEncode } from '../../src/prometheus/wire/snappy.ts';
import type { LoadSeries } from './recorded-load.ts';

/** Samples in one request: about 1.5 MB with labels, well inside what a receiver takes. */
const SAMPLES_PER_REQUEST = 60_000;
/** Prometheus refuses a sample more than half a block range (1 h) older than its newest, so the past is written in slices, all series each. */
const SLICE_MS = 1_200_000;
const IN_FLIGHT = 2;
const REQUEST_TIMEOUT_MS = 60_000;

// Tag and length of a Sample inside a TimeSeries, then its fields: double value, int64 timestamp in six varint bytes (any time until 2109).
const SAMPLE_BYTES = 18;
const SAMPLE_HEAD = [0x12, 16, 0x09] as const;
const TIMESTAMP_TAG = 0x10;
const TIMESTAMP_VARINT_BYTES = 6;

const varintBytes = (value: number): number => (value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4);
const writeVarint = (out: Uint8Array, at: number, value: number, bytes = varintBytes(value)): number => {
  let rest = value;
  for (let i = 0; i < bytes; i++) {
    out[at + i] = (rest % 0x80) | (i < bytes - 1 ? 0x80 : 0);
    rest = Math.floor(rest / 0x80);
  }
  return at + bytes;
};

/** A WriteRequest (remote write 1.0) with the values of all `series` at all `times`. */
export const encodeWriteRequest = (series: readonly LoadSeries[], times: readonly number[]): Uint8Array => {
  const sampleBytes = SAMPLE_BYTES * times.length;
  const bodyOf = (each: LoadSeries): number => each.labelBytes.length + sampleBytes;
  const out = new Uint8Array(series.reduce((sum, each) => sum + 5 + bodyOf(each), 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const each of series) {
    out[at++] = 0x0a;
    at = writeVarint(out, at, bodyOf(each));
    out.set(each.labelBytes, at);
    at += each.labelBytes.length;
    for (const timeMs of times) {
      out.set(SAMPLE_HEAD, at);
      view.setFloat64(at + 3, each.valueAt(timeMs), true);
      out[at + 11] = TIMESTAMP_TAG;
      at = writeVarint(out, at + 12, timeMs, TIMESTAMP_VARINT_BYTES);
    }
  }
  return out.subarray(0, at);
};

const send = async (url: string, body: Uint8Array, signal: AbortSignal): Promise<void> => {
  const answer = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-protobuf', 'Content-Encoding': 'snappy', 'X-Prometheus-Remote-Write-Version': '0.1.0' },
    body: snappyEncode(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`remote write: status ${answer.status}: ${text.slice(0, 300)}`);
};

/** Writes the values of all series at all times; the times may not span more than a slice. */
export const writeSamples = async (
  url: string,
  series: readonly LoadSeries[],
  times: readonly number[],
  signal: AbortSignal,
): Promise<void> => {
  const perRequest = Math.max(1, Math.floor(SAMPLES_PER_REQUEST / times.length));
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < series.length) {
      const part = series.slice(next, next + perRequest);
      next += perRequest;
      await send(url, encodeWriteRequest(part, times), signal);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
};

/** The instants of a range on a grid of `stepMs` that is moved by `offsetMs`, both ends inclusive. */
export const gridTimes = (fromMs: number, toMs: number, stepMs: number, offsetMs: number): number[] => {
  const first = Math.ceil((fromMs - offsetMs) / stepMs) * stepMs + offsetMs;
  const count = Math.max(0, Math.floor((toMs - first) / stepMs) + 1);
  return Array.from({ length: count }, (_, i) => first + i * stepMs);
};

/** Writes a stretch of the past in rising slices. Gives back the number of samples. */
export const writePast = async (
  url: string,
  series: readonly LoadSeries[],
  times: readonly number[],
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<number> => {
  for (let from = 0; from < times.length; ) {
    let to = from + 1;
    while (to < times.length && times[to]! - times[from]! < SLICE_MS) to++;
    await writeSamples(url, series, times.slice(from, to), signal);
    from = to;
    onProgress(to, times.length);
  }
  return series.length * times.length;
};
