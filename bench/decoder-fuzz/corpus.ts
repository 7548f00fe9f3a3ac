import { readFileSync } from 'node:fs';
import type { Random } from '../../src/platform/index.ts';
import { encodeLabels } from '../../src/prometheus/wire/encode-labels.ts';
import { frame } from '../../src/prometheus/wire/encode-response.ts';
import { ProtoWriter } from '../../src/prometheus/wire/proto-writer.ts';
import { snappyEncode } from '../../src/prometheus/wire/snappy.ts';

interface GoldenChunk {
  readonly encoding: number;
  readonly samples: number;
  readonly data: string;
}

// Chunks that Prometheus's own encoders wrote, every shape of value, time and start time.
const CHUNKS = readFileSync(new URL('../../test/contract/remote-read/chunks.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as GoldenChunk)
  .map(({ encoding, samples, data }) => ({ encoding, samples, data: Buffer.from(data, 'base64') }));
// Chunk type of native histograms, which are passed over.
const HISTOGRAM = { encoding: 2, samples: 3, data: Buffer.from([0, 3, 0, 1, 2, 3]) };

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

const labels = (random: Random): Uint8Array =>
  encodeLabels({
    __name__: `m${Math.floor(random() * 5)}`,
    pod: `p-${Math.floor(random() * 1000)}`,
    city: pick(random, ['Zürich', 'x', 'y'.repeat(140)]),
  });

/** Payloads of a streamed answer to two queries: some series, each with some chunks. */
export const streamedPayloads = (random: Random): Uint8Array[] =>
  Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
    const series = new ProtoWriter();
    series.raw(labels(random));
    for (let i = 0; i <= random() * 2; i++) {
      const { encoding, data } = random() < 0.1 ? HISTOGRAM : pick(random, CHUNKS);
      const chunk = new ProtoWriter();
      chunk.int64Field(3, encoding);
      chunk.block(4, data);
      series.block(2, chunk.bytes());
    }
    const payload = new ProtoWriter();
    payload.block(1, series.bytes());
    payload.int64Field(2, Math.floor(random() * 2));
    return Uint8Array.from(payload.bytes());
  });

export const framesOf = (payloads: readonly Uint8Array[]): Uint8Array => Buffer.concat(payloads.map(frame));

/** The protobuf of a sampled answer to two queries. */
export const sampledProtobuf = (random: Random): Uint8Array => {
  const response = new ProtoWriter();
  for (let query = 0; query < 2; query++) {
    const result = new ProtoWriter();
    for (let i = 0; i <= random() * 3; i++) {
      const series = new ProtoWriter();
      series.raw(labels(random));
      for (let k = 0; k < random() * 20; k++) {
        const sample = new ProtoWriter(32);
        sample.doubleField(1, Math.floor(random() * 2 ** 32), Math.floor(random() * 2 ** 32));
        sample.int64Field(2, 1_700_000_000_000 + k * 1000);
        series.block(2, sample.bytes());
      }
      result.block(1, series.bytes());
    }
    response.block(1, result.bytes());
  }
  return Uint8Array.from(response.bytes());
};

export const sampledBody = snappyEncode;
