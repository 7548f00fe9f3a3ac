import { type Random, seededRandom } from '../../src/platform/index.ts';
import { CHUNK_SLACK_BYTES } from '../../src/prometheus/chunk/chunk-reader.ts';
import { CHUNK_ENCODING, decodeFloatChunk } from '../../src/prometheus/chunk/decode-chunk.ts';
import { bitsOf } from '../../src/prometheus/chunk/float-bits.ts';
import { encodeXorChunk } from '../../src/prometheus/chunk/xor-encoder.ts';

/** A mix of values as containers give them; the first one is what the bar is about. */
export const MIXES: Readonly<Record<string, (random: Random) => () => number>> = {
  'CPU counter, 6 decimals': (random) => {
    let total = random() * 1e4;
    const rate = random() * 2;
    return () => {
      total = Math.round((total + rate * 15 * (0.5 + random())) * 1e6) / 1e6;
      return total;
    };
  },
  'integer counter': (random) => {
    let total = Math.floor(random() * 1e6);
    return () => {
      total += Math.floor(random() * 1000);
      return total;
    };
  },
  'memory gauge, pages': (random) => () => Math.floor((1 + random() * 0.05) * 2 ** 16) * 4096,
  'random doubles': (random) => random,
  constant: () => () => 1,
};

const STEP_MS = 15_000;
// Scrapes are some milliseconds off their time.
const JITTER_MS = 3;
const SAMPLES_PER_CHUNK = 120;
const START_MS = 1_700_000_000_000;

/** Chunks after one another: encoding (1 byte), length (4 bytes, big endian), bytes. The form that the Go program reads. */
export interface ChunkFile {
  readonly bytes: Uint8Array;
  readonly chunks: number;
  readonly samples: number;
  /** Bytes of the chunks alone. */
  readonly dataBytes: number;
}

export const makeChunkFile = (mix: string, chunks: number, seed: number): ChunkFile => {
  const random = seededRandom(seed);
  const parts: Uint8Array[] = [];
  let dataBytes = 0;
  for (let i = 0; i < chunks; i++) {
    const next = MIXES[mix]!(random);
    const startMs = START_MS + Math.floor(random() * 1e9);
    const times = Float64Array.from(
      { length: SAMPLES_PER_CHUNK },
      (_, k) => startMs + k * STEP_MS + Math.floor(random() * (2 * JITTER_MS + 1)) - JITTER_MS,
    );
    const chunk = encodeXorChunk(times, Float64Array.from(times, next));
    const head = new DataView(new ArrayBuffer(5));
    head.setUint8(0, CHUNK_ENCODING.xor);
    head.setUint32(1, chunk.length);
    parts.push(new Uint8Array(head.buffer), chunk);
    dataBytes += chunk.length;
  }
  return { bytes: Buffer.concat([...parts, new Uint8Array(CHUNK_SLACK_BYTES)]), chunks, samples: chunks * SAMPLES_PER_CHUNK, dataBytes };
};

/** CPU time of this process, microseconds: unlike wall time it does not count what others use of the core. */
const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Decodes the whole file again and again for `seconds`; nanoseconds of CPU per sample of the best round. */
export const timeDecoder = ({ bytes, samples }: ChunkFile, seconds: number): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - CHUNK_SLACK_BYTES;
  const values = new Float64Array(65_536);
  const columns = { timesMs: new Float64Array(65_536), values, bits: bitsOf(values), hasStale: false, unordered: false };
  let best = Number.POSITIVE_INFINITY;
  for (const stopAt = performance.now() + seconds * 1000; performance.now() < stopAt; ) {
    const started = cpuMicros();
    let decoded = 0;
    for (let at = 0; at < end; ) {
      const from = at + 5;
      at = from + view.getUint32(at + 1);
      decoded += decodeFloatChunk(view, from, at, bytes[from - 5]!, columns, 0);
    }
    if (decoded !== samples) throw new Error(`${decoded} samples of ${samples}`);
    best = Math.min(best, ((cpuMicros() - started) * 1e3) / samples);
  }
  return best;
};
