import { describe, expect, it } from '@jest/globals';
import { type WorkloadKey, workloadId } from '../../conventions/index.ts';
import type { WorkloadSnapshot } from '../../scoring/index.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { aKey } from '../../testing/score-builders.ts';
import { createOwnership } from '../ownership.ts';
import { createSnapshotStore, type SnapshotFile } from './snapshot-store.ts';

const HOUR_MS = 3_600_000;
const START_MS = 1_700_000_000_000;
const LIMITS = { maxAgeMs: 24 * HOUR_MS, forgetAfterMs: 36 * HOUR_MS };

const inMemory = (): SnapshotFile & { bytes: Uint8Array | undefined } => ({
  bytes: undefined,
  async write(chunks) {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    this.bytes = Buffer.concat(parts);
  },
  async *read() {
    if (!this.bytes) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    yield this.bytes;
  },
});

const aScorer = (modelVersion = 'streaming-1') => {
  const states = new Map<string, WorkloadSnapshot>();
  return {
    modelVersion,
    states,
    snapshot: () => states.values(),
    restore: (snapshot: WorkloadSnapshot) => {
      states.set(workloadId(snapshot.key), snapshot);
      return true;
    },
    forget: (key: WorkloadKey) => void states.delete(workloadId(key)),
  };
};

const recentOf = () => [[START_MS, 1.5] as const];

const setup = (fingerprint = 'step=30') => {
  const clock = createManualClock(START_MS);
  const file = inMemory();
  const log = { info: () => undefined, warn: () => undefined };
  const storeFor = (print: string, place = { index: 0, shards: 1 }) =>
    createSnapshotStore({ file, clock, pacer: { breathe: async () => undefined }, log }, print, createOwnership(place));
  const scorer = aScorer();
  const put = (workload: string, timeMs: number) => scorer.restore({ key: aKey(workload), timeMs, header: {}, state: Uint8Array.of(1, 2) });
  put('cart', START_MS - 1_000);
  return { clock, file, store: storeFor(fingerprint), storeFor, scorer, put };
};

describe('createSnapshotStore', () => {
  it('gives a new scorer what the old one knew, and up to when', async () => {
    const { store, scorer } = setup();
    expect(await store.save(scorer, recentOf)).toBeGreaterThan(0);
    const next = aScorer();
    const result = await store.restore(next, LIMITS);
    expect(result).toEqual({
      status: 'restored',
      createdMs: START_MS,
      knownMs: new Map([[workloadId(aKey()), START_MS - 1_000]]),
      workloads: [{ key: aKey(), recent: [[START_MS, 1.5]] }],
      place: { index: 0, shards: 1 },
    });
    expect([...next.states.values()]).toMatchObject([...scorer.states.values()]);
  });

  it('says that there is none at the first start', async () => {
    expect(await setup().store.restore(aScorer(), LIMITS)).toEqual({ status: 'absent' });
  });

  it('refuses one that is too old', async () => {
    const { store, scorer, clock } = setup();
    await store.save(scorer, recentOf);
    clock.setNow(START_MS + 25 * HOUR_MS);
    expect(await store.restore(aScorer(), LIMITS)).toEqual({ status: 'refused', reason: 'too_old' });
  });

  it('refuses one from the future', async () => {
    const { store, scorer, clock } = setup();
    await store.save(scorer, recentOf);
    clock.setNow(START_MS - HOUR_MS);
    expect(await store.restore(aScorer(), LIMITS)).toEqual({ status: 'refused', reason: 'from_future' });
  });

  it('refuses one that another scorer or other options made', async () => {
    const { store, storeFor, scorer } = setup();
    await store.save(scorer, recentOf);
    expect(await store.restore(aScorer('streaming-2'), LIMITS)).toEqual({ status: 'refused', reason: 'other_version' });
    expect(await storeFor('step=15').restore(aScorer(), LIMITS)).toEqual({ status: 'refused', reason: 'other_version' });
  });

  it('keeps nothing of one that turns out damaged at its end', async () => {
    const { store, scorer, file } = setup();
    await store.save(scorer, recentOf);
    file.bytes = file.bytes?.subarray(0, file.bytes.length - 1);
    const next = aScorer();
    expect(await store.restore(next, LIMITS)).toEqual({ status: 'refused', reason: 'corrupt' });
    expect(next.states.size).toBe(0);
  });

  it('gives a shard its own workloads, and says for which shard they were learned', async () => {
    const { store, storeFor, scorer, put } = setup();
    // All in one namespace, so one shard has all of them and the other none.
    put('till', START_MS - 1_000);
    await store.save(scorer, recentOf);
    const results = await Promise.all([0, 1].map((index) => storeFor('step=30', { index, shards: 2 }).restore(aScorer(), LIMITS)));
    expect(results.map((result) => result.status === 'restored' && result.workloads.length).sort()).toEqual([0, 2]);
    expect(results).toMatchObject([{ place: { index: 0, shards: 1 } }, { place: { index: 0, shards: 1 } }]);
  });

  it('leaves out workloads that have been gone for too long', async () => {
    const { store, scorer, put } = setup();
    put('old', START_MS - 40 * HOUR_MS);
    await store.save(scorer, recentOf);
    const result = await store.restore(aScorer(), LIMITS);
    expect(result.status === 'restored' && result.workloads.map(({ key }) => key.workload)).toEqual(['cart']);
  });
});
