import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Labels } from '../conventions/index.ts';
import { BellwetherError, openReadStream, writeFileAtomic } from '../platform/index.ts';
import { formatSample, formatSeries } from './exposition-text.ts';
import type { BufferedSeries } from './sample-buffer.ts';

/** Consecutive sample lines of one series, ready to be copied. */
export interface Block {
  readonly family: string;
  readonly labels: Labels;
  /** The labels as text, by which blocks of a family are ordered. */
  readonly text: string;
  readonly samples: number;
  readonly lines: Uint8Array;
}

// A block stands in memory once per part while parts are merged.
const SAMPLES_PER_BLOCK = 2048;
const NEWLINE = 10;

/** The blocks of series that are already in the order of a recording. */
export function* toBlocks(series: readonly BufferedSeries[]): Generator<Block> {
  const encoder = new TextEncoder();
  for (const { family, labels, text, timesMs, values } of series) {
    const name = formatSeries(family, text);
    for (let from = 0; from < values.length; from += SAMPLES_PER_BLOCK) {
      const to = Math.min(values.length, from + SAMPLES_PER_BLOCK);
      let lines = '';
      for (let i = from; i < to; i++) lines += formatSample(name, values[i]!, timesMs[i]!);
      yield { family, labels, text, samples: to - from, lines: encoder.encode(lines) };
    }
  }
}

/**
 * A part of a recording on disk, gzip: per block a line of JSON with its length, then its bytes. Written whole or not at all.
 */
export const writePart = (path: string, blocks: Iterable<Block> | AsyncIterable<Block>): Promise<void> =>
  writeFileAtomic(path, compress(encodeBlocks(blocks)));

/** Gzip of the chunks; the same chunks give the same bytes. */
export const compress = (chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> =>
  // The reader of the last stream is told of every error.
  pipeline(Readable.from(chunks), createGzip(), () => undefined);

async function* encodeBlocks(blocks: Iterable<Block> | AsyncIterable<Block>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const { lines, ...head } of blocks) {
    yield encoder.encode(`${JSON.stringify({ ...head, bytes: lines.length })}\n`);
    yield lines;
  }
}

/** The blocks of a part in their order. Rejects with `internal` where the file is damaged. */
export async function* readPart(path: string): AsyncGenerator<Block> {
  const chunks = openReadStream(path)[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let buffer: Uint8Array = new Uint8Array(0);
  const damaged = (): BellwetherError => new BellwetherError('internal', `${path} is damaged; record again with --restart`);
  const more = async (): Promise<boolean> => {
    const next = await chunks.next();
    if (!next.done) buffer = Buffer.concat([buffer, next.value]);
    return !next.done;
  };
  for (;;) {
    let end = buffer.indexOf(NEWLINE);
    while (end < 0 && (await more())) end = buffer.indexOf(NEWLINE);
    if (end < 0) {
      if (buffer.length > 0) throw damaged();
      return;
    }
    const { bytes, ...head } = JSON.parse(new TextDecoder().decode(buffer.subarray(0, end))) as Omit<Block, 'lines'> & { bytes: number };
    buffer = buffer.subarray(end + 1);
    while (buffer.length < bytes) if (!(await more())) throw damaged();
    yield { ...head, lines: buffer.subarray(0, bytes) };
    buffer = buffer.subarray(bytes);
  }
}
