import { type WorkloadKey, workloadId } from '../../conventions/index.ts';
import { BellwetherError, type Clock, type Logger } from '../../platform/index.ts';
import type { Scorer, WorkloadSnapshot } from '../../scoring/index.ts';
import { ALONE, type ShardPlace } from '../../sharding/index.ts';
import type { Pacer } from '../loop/pacer.ts';
import type { Ownership } from '../ownership.ts';
import { decodeSnapshotFile, encodeSnapshotFile, type RecentScores, SnapshotDamage, type StoredWorkload } from './snapshot-format.ts';

/** Why a file was not used. */
export type SnapshotRefusal = 'corrupt' | 'too_old' | 'from_future' | 'other_version' | 'unreadable';

export type RestoreResult =
  | { readonly status: 'absent' }
  | { readonly status: 'refused'; readonly reason: SnapshotRefusal }
  | {
      readonly status: 'restored';
      readonly createdMs: number;
      /** Time of the newest frame in each workload's state, by workload id. */
      readonly knownMs: ReadonlyMap<string, number>;
      readonly workloads: readonly RestoredWorkload[];
      /** The shard that the states were learned for. */
      readonly place: ShardPlace;
    };

/** A workload that a snapshot brought back, with its newest scores. */
export interface RestoredWorkload {
  readonly key: WorkloadKey;
  readonly recent: RecentScores;
}

/** The file, as the platform gives it. */
export interface SnapshotFile {
  write(chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Rejects with code `ENOENT` where there is none. */
  read(): AsyncIterable<Uint8Array>;
}

export interface SnapshotStoreDeps {
  readonly file: SnapshotFile;
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

export interface SnapshotLimits {
  readonly maxAgeMs: number;
  /** Workloads whose newest frame is older than this are left out. */
  readonly forgetAfterMs: number;
}

/** What a scorer knows, on disk and back. */
export interface SnapshotStore {
  /** Gives the bytes written. The file on disk is the old one until the new one is whole. */
  save(scorer: Pick<Scorer, 'snapshot' | 'modelVersion'>, recentOf: (key: WorkloadKey) => RecentScores): Promise<number>;
  /** Never rejects: a file that cannot be used is as good as none. */
  restore(scorer: Pick<Scorer, 'restore' | 'forget' | 'modelVersion'>, limits: SnapshotLimits): Promise<RestoreResult>;
}

/** A clock that differs by less between two starts is not a file from the future. */
const CLOCK_TOLERANCE_MS = 300_000;

const isAbsent = (error: unknown): boolean =>
  (error instanceof BellwetherError && error.code === 'not_found') ||
  (error instanceof Error && 'code' in error && error.code === 'ENOENT');

function* withRecent(snapshots: Iterable<WorkloadSnapshot>, recentOf: (key: WorkloadKey) => RecentScores): Generator<StoredWorkload> {
  for (const snapshot of snapshots) yield { ...snapshot, recent: recentOf(snapshot.key) };
}

/** States of workloads that another shard has now are left in the file. */
export const createSnapshotStore = (
  { file, clock, pacer, log }: SnapshotStoreDeps,
  fingerprint: string,
  ownership: Pick<Ownership, 'shard' | 'learnedPlace'>,
): SnapshotStore => ({
  save: async (scorer, recentOf) => {
    let bytes = 0;
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      const info = { createdMs: clock.nowMs(), modelVersion: scorer.modelVersion, fingerprint, shard: ownership.learnedPlace };
      for await (const chunk of encodeSnapshotFile(info, withRecent(scorer.snapshot(), recentOf), pacer.breathe)) {
        bytes += chunk.length;
        yield chunk;
      }
    };
    await file.write(counted());
    return bytes;
  },

  restore: async (scorer, { maxAgeMs, forgetAfterMs }) => {
    const knownMs = new Map<string, number>();
    const workloads: RestoredWorkload[] = [];
    const nowMs = clock.nowMs();
    let refusal: SnapshotRefusal | undefined;
    let createdMs = 0;
    let place = ALONE;
    const take = (snapshot: StoredWorkload): void => {
      if (!ownership.shard.owns(snapshot.key) || nowMs - snapshot.timeMs > forgetAfterMs || !scorer.restore(snapshot)) return;
      knownMs.set(workloadId(snapshot.key), snapshot.timeMs);
      workloads.push({ key: snapshot.key, recent: snapshot.recent ?? [] });
    };
    try {
      await decodeSnapshotFile(
        file.read(),
        (info) => {
          createdMs = info.createdMs;
          place = info.shard ?? ALONE;
          if (nowMs - createdMs > maxAgeMs) refusal = 'too_old';
          else if (createdMs - nowMs > CLOCK_TOLERANCE_MS) refusal = 'from_future';
          else if (info.modelVersion !== scorer.modelVersion || info.fingerprint !== fingerprint) refusal = 'other_version';
          return refusal === undefined;
        },
        take,
        pacer.breathe,
      );
    } catch (error) {
      if (isAbsent(error)) return { status: 'absent' };
      refusal = error instanceof SnapshotDamage ? 'corrupt' : 'unreadable';
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the snapshot cannot be used');
      for (const { key } of workloads) scorer.forget(key);
    }
    if (refusal !== undefined) {
      log.info({ reason: refusal }, 'starting without a snapshot');
      return { status: 'refused', reason: refusal };
    }
    return { status: 'restored', createdMs, knownMs, workloads, place };
  },
});
