import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aKey } from '../../testing/score-builders.ts';
import { decodeSnapshotFile, encodeSnapshotFile, SnapshotDamage, type SnapshotInfo, type StoredWorkload } from './snapshot-format.ts';

const INFO: SnapshotInfo = { createdMs: 1_700_000_000_000, modelVersion: 'streaming-1', fingerprint: 'step=30' };
const rest = async () => undefined;
const RECENT = [
  [1_700_000_000_000, 0.25],
  [1_700_000_030_000, 1.5],
] as const;
const snapshotOf = (workload: string, bytes: readonly number[]): StoredWorkload => ({
  recent: RECENT,
  key: aKey(workload),
  timeMs: 1_700_000_000_000,
  header: { version: 1 },
  state: Uint8Array.from(bytes),
});
const encode = async (workloads: readonly StoredWorkload[]): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeSnapshotFile(INFO, workloads, rest)) chunks.push(chunk);
  return Buffer.concat(chunks);
};
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}
const decode = async (bytes: Uint8Array, size = bytes.length) => {
  const workloads: StoredWorkload[] = [];
  let info: SnapshotInfo | undefined;
  await decodeSnapshotFile(
    inPieces(bytes, Math.max(1, size)),
    (one) => {
      info = one;
      return true;
    },
    (one) => workloads.push(one),
    rest,
  );
  return { info, workloads };
};

const SAMPLE = [
  snapshotOf('cart', [1, 2, 3]),
  snapshotOf('web', []),
  { ...snapshotOf('x', [9]), key: aKey('x', { entity: { shop: 'ä' } }) },
];

describe('encodeSnapshotFile', () => {
  it('gives back what went in, for any states and any sizes of chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 400 }),
        async (states, size) => {
          const workloads = states.map((state, i) => snapshotOf(`w${i}`, [...state]));
          const decoded = await decode(await encode(workloads), size);
          expect(decoded).toEqual({ info: INFO, workloads });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('lets others run between chunks', async () => {
    let breaths = 0;
    const large = Array.from({ length: 5 }, (_, i) => snapshotOf(`w${i}`, new Array<number>(200_000).fill(i)));
    for await (const _chunk of encodeSnapshotFile(INFO, large, async () => void breaths++));
    expect(breaths).toBe(2);
  });
});

describe('decodeSnapshotFile', () => {
  it('refuses a file that was cut anywhere', async () => {
    const bytes = await encode(SAMPLE);
    for (let length = 0; length < bytes.length; length++) {
      await expect(decode(bytes.subarray(0, length))).rejects.toThrow(SnapshotDamage);
    }
  });

  it('refuses a file in which any one bit was changed', async () => {
    const bytes = await encode(SAMPLE.slice(0, 1));
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Uint8Array.from(bytes);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      await expect(decode(damaged)).rejects.toThrow(SnapshotDamage);
    }
  });

  it('refuses a file that lacks a workload', async () => {
    const [whole, short] = [await encode(SAMPLE.slice(0, 2)), await encode(SAMPLE.slice(0, 1))];
    const end = whole.subarray(whole.length - (12 + '{"workloads":2}'.length));
    const stitched = Buffer.concat([short.subarray(0, short.length - (12 + '{"workloads":1}'.length)), end]);
    await expect(decode(stitched)).rejects.toThrow('workloads are missing');
  });

  it('stops reading where the file was made with something else', async () => {
    const seen: StoredWorkload[] = [];
    await decodeSnapshotFile(
      inPieces(await encode(SAMPLE), 64),
      () => false,
      (one) => seen.push(one),
      rest,
    );
    expect(seen).toEqual([]);
  });
});
