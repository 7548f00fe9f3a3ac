import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CHUNK_SLACK_BYTES } from '../../src/prometheus/chunk/chunk-reader.ts';
import { chunkSampleCount, decodeFloatChunk } from '../../src/prometheus/chunk/decode-chunk.ts';
import { bitsOf, HIGH_WORD, LOW_WORD } from '../../src/prometheus/chunk/float-bits.ts';
import { encodeXorChunk } from '../../src/prometheus/chunk/xor-encoder.ts';

// Made by Prometheus's own encoders: `go run . golden 1 1` in bench/go/remote-read.
interface GoldenChunk {
  readonly name: string;
  readonly encoding: number;
  readonly samples: number;
  readonly sha256: string;
  readonly data: string;
}
const chunks = readFileSync(new URL('./remote-read/chunks.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as GoldenChunk);

const decode = ({ data, encoding }: GoldenChunk) => {
  const bytes = Buffer.from(data, 'base64');
  const padded = new Uint8Array(bytes.length + CHUNK_SLACK_BYTES);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const count = chunkSampleCount(view, 0, bytes.length, encoding);
  const values = new Float64Array(count);
  const columns = { timesMs: new Float64Array(count), values, bits: bitsOf(values), hasStale: false, unordered: false };
  expect(decodeFloatChunk(view, 0, bytes.length, encoding, columns, 0)).toBe(count);
  return { bytes, columns };
};

const digest = (timesMs: Float64Array, bits: Uint32Array): string => {
  const hash = createHash('sha256');
  const record = Buffer.alloc(16);
  timesMs.forEach((time, i) => {
    record.writeBigInt64BE(BigInt(time));
    record.writeUInt32BE(bits[2 * i + HIGH_WORD]!, 8);
    record.writeUInt32BE(bits[2 * i + LOW_WORD]!, 12);
    hash.update(record);
  });
  return hash.digest('hex');
};

describe('decodeFloatChunk', () => {
  it.each(chunks.map((chunk) => [chunk.name, chunk] as const))('gives the very bits that Prometheus wrote: %s', (_, chunk) => {
    const { columns } = decode(chunk);
    expect(columns.timesMs).toHaveLength(chunk.samples);
    expect(digest(columns.timesMs, columns.bits)).toBe(chunk.sha256);
  });
});

describe('encodeXorChunk', () => {
  it('writes the very bytes that Prometheus writes', () => {
    const xor = chunks.filter(({ encoding }) => encoding === 1);
    expect(xor.length).toBeGreaterThan(20);
    for (const chunk of xor) {
      const { bytes, columns } = decode(chunk);
      expect(Buffer.from(encodeXorChunk(columns.timesMs, columns.values)).equals(bytes)).toBe(true);
    }
  });
});
