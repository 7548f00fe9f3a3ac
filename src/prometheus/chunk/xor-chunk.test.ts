import fc from 'fast-check';
import { CHUNK_SLACK_BYTES } from './chunk-reader.ts';
import { CHUNK_ENCODING, chunkSampleCount, decodeFloatChunk } from './decode-chunk.ts';
import { bitsOf, HIGH_WORD, LOW_WORD, setStale } from './float-bits.ts';
import { encodeXorChunk } from './xor-encoder.ts';

const decode = (chunk: Uint8Array, encoding: number = CHUNK_ENCODING.xor) => {
  const padded = new Uint8Array(chunk.length + CHUNK_SLACK_BYTES);
  padded.set(chunk);
  const view = new DataView(padded.buffer);
  const count = chunkSampleCount(view, 0, chunk.length, encoding);
  const values = new Float64Array(count);
  const columns = { timesMs: new Float64Array(count), values, bits: bitsOf(values), hasStale: false, unordered: false };
  decodeFloatChunk(view, 0, chunk.length, encoding, columns, 0);
  return columns;
};

const START = 1_700_000_000_000;

/** Times whose second differences are the given numbers. */
const timesWith = (changes: readonly number[]): Float64Array => {
  const times = [START, START + 2 ** 40];
  let delta = 2 ** 40;
  for (const change of changes) {
    delta += change;
    times.push(times[times.length - 1]! + delta);
  }
  return Float64Array.from(times);
};

const words = fc.tuple(fc.integer(), fc.integer());
// The edges of every class of the time code, each side of each, and the numbers between.
const edges = [14, 17, 20].flatMap((bits) => [2 ** (bits - 1), -(2 ** (bits - 1))]).flatMap((edge) => [edge - 1, edge, edge + 1]);
const change = fc.oneof(fc.constantFrom(0, 1, -1, ...edges), fc.integer({ min: -600_000, max: 600_000 }), fc.integer({ min: -(2 ** 31) }));

describe('decodeFloatChunk', () => {
  it('gives back times of every class, their edges included', () => {
    for (const edge of [...edges, 2 ** 33, -(2 ** 33)]) {
      const times = timesWith([edge, 0, edge > 0 ? -edge : 1]);
      const { timesMs, unordered } = decode(encodeXorChunk(times, new Float64Array(times.length)));
      expect([...timesMs]).toEqual([...times]);
      expect(unordered).toBe(false);
    }
  });

  it('gives back any bits at any times', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(change, words), { minLength: 1, maxLength: 150 }), (samples) => {
        const times = timesWith(samples.map(([change]) => change));
        const values = new Float64Array(times.length);
        const bits = bitsOf(values);
        samples.forEach(([, [high, low]], i) => {
          bits[2 * i + HIGH_WORD] = high;
          bits[2 * i + LOW_WORD] = low;
        });
        const columns = decode(encodeXorChunk(times, values));
        expect([...columns.timesMs]).toEqual([...times]);
        expect([...columns.bits]).toEqual([...bits]);
      }),
    );
  });

  it('gives back values of 64 significant bits, of one, and the same window again', () => {
    const values = new Float64Array(6);
    const bits = bitsOf(values);
    // Each XOR with the one before: all ones; the lowest bit; the highest; the same middle bits twice.
    const xors = [
      [0, 0],
      [-1, -1],
      [0, 1],
      [0x80000000 | 0, 0],
      [0x00ffff00, 0],
      [0x00ff0000, 0],
    ];
    let high = 0;
    let low = 0;
    xors.forEach(([h, l], i) => {
      high ^= h!;
      low ^= l!;
      bits[2 * i + HIGH_WORD] = high;
      bits[2 * i + LOW_WORD] = low;
    });
    const times = timesWith([0, 0, 0, 0]);
    expect([...decode(encodeXorChunk(times, values)).bits]).toEqual([...bits]);
  });

  it('keeps a staleness marker apart from an ordinary NaN', () => {
    const values = Float64Array.of(1, Number.NaN, 0, 2);
    setStale(bitsOf(values), 2);
    const { bits, hasStale } = decode(encodeXorChunk(timesWith([0, 0]), values));
    expect([...bits]).toEqual([...bitsOf(values)]);
    expect(hasStale).toBe(true);
    expect(decode(encodeXorChunk(timesWith([0]), Float64Array.of(1, Number.NaN, 0))).hasStale).toBe(false);
  });

  it('tells where times do not rise', () => {
    expect(decode(encodeXorChunk(Float64Array.of(START, START + 10, START + 10), new Float64Array(3))).unordered).toBe(true);
  });

  it('refuses a chunk that ends before its last sample', () => {
    const random = Float64Array.from({ length: 20 }, (_, i) => Math.sin(i));
    const chunk = encodeXorChunk(timesWith(new Array(18).fill(3)), random);
    // One byte less still ends inside the last sample; every shorter one as well.
    for (let length = 0; length < chunk.length; length++) expect(() => decode(chunk.slice(0, length))).toThrow(/corrupt response/);
  });

  it('refuses a count that its bytes cannot hold', () => {
    const chunk = encodeXorChunk(timesWith([]), Float64Array.of(1, 1));
    new DataView(chunk.buffer).setUint16(0, 65_535);
    expect(() => decode(chunk)).toThrow(/corrupt response/);
    expect(() => decode(chunk, CHUNK_ENCODING.xor2)).toThrow(/corrupt response/);
  });

  it('refuses an encoding that it does not know, by a type of its own', () => {
    const chunk = encodeXorChunk(timesWith([]), Float64Array.of(1, 1));
    expect(() => decode(chunk, 7)).toThrow(expect.objectContaining({ code: 'upstream_unsupported', encoding: 7 }));
  });
});
