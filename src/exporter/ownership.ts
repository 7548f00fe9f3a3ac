import type { WorkloadKey } from '../conventions/index.ts';
import { createShard, type Shard, type ShardPlace } from '../sharding/index.ts';

/** What this exporter scores now: what its shard owns, save what it has won lately and is still learning. */
export interface Ownership {
  readonly shard: Shard;
  scores(key: WorkloadKey): boolean;
  /** Won since the states on disk were written, and not learned yet. */
  gains(key: WorkloadKey): boolean;
  readonly isGaining: boolean;
  /** The place for which the states that are scored with are complete. */
  readonly learnedPlace: ShardPlace;
  /** States came back that were written at another place. */
  resume(before: ShardPlace): void;
  /** What was won is learned. */
  settle(): void;
}

export const createOwnership = (place: ShardPlace): Ownership => {
  const shard = createShard(place);
  let before: Shard | undefined;
  const gains = (key: WorkloadKey): boolean => before !== undefined && shard.owns(key) && !before.owns(key);
  return {
    shard,
    scores: (key) => shard.owns(key) && !gains(key),
    gains,
    get isGaining() {
      return before !== undefined;
    },
    get learnedPlace() {
      return before?.place ?? shard.place;
    },
    resume: (was) => {
      const { index, shards } = createShard(was).place;
      before = index === shard.place.index && shards === shard.place.shards ? undefined : createShard(was);
    },
    settle: () => {
      before = undefined;
    },
  };
};
