import { createHash } from 'node:crypto';
import type { WorkloadKey } from '../conventions/index.ts';

/** Which exporter of several this one is. */
export interface ShardPlace {
  /** From 0; the ordinal of the pod in its StatefulSet. */
  readonly index: number;
  readonly shards: number;
}

/** Says which exporter scores a workload. All exporters come to the same answer without talking to each other. */
export interface Shard {
  readonly place: ShardPlace;
  /** What is scored together: the namespace, or the workload's own name where it has none, such as a node. */
  ownerOf(unit: string): number;
  owns(key: WorkloadKey): boolean;
}

/** Namespaces come and go; forgotten answers are only worked out again. */
const MAX_REMEMBERED = 100_000;

/** The first 32 bits of SHA-256: whoever wants to know an owner can work it out with standard tools. */
const weightOf = (shard: number, unit: string): number => createHash('sha256').update(`${shard}/${unit}`).digest().readUInt32BE();

const unitOf = ({ namespace, workload }: WorkloadKey): string => namespace || workload;

/**
 * Rendezvous hashing (Thaler and Ravishankar, 1998): the shard with the highest weight for a unit owns it, so that a shard more or less moves
 * only what that shard wins or loses.
 *
 * An index beyond the number of shards counts on its own as one more of them: a pod that is about to be taken away goes on with what it had until
 * it is gone, and one that was just added begins with what it will have. Replicas are raised before shards and lowered after them.
 */
export const createShard = ({ index, shards }: ShardPlace): Shard => {
  const count = Math.max(shards, index + 1);
  const owners = new Map<string, number>();
  const work = (unit: string): number => {
    let [owner, highest] = [0, -1];
    for (let shard = 0; shard < count; shard++) {
      const weight = weightOf(shard, unit);
      if (weight > highest) [owner, highest] = [shard, weight];
    }
    return owner;
  };
  const ownerOf = (unit: string): number => {
    const known = owners.get(unit);
    if (known !== undefined) return known;
    if (owners.size >= MAX_REMEMBERED) owners.clear();
    const owner = work(unit);
    owners.set(unit, owner);
    return owner;
  };
  return { place: { index, shards: count }, ownerOf, owns: (key) => count === 1 || ownerOf(unitOf(key)) === index };
};

/** The only exporter there is. */
export const ALONE: ShardPlace = { index: 0, shards: 1 };

/** The ordinal at the end of a StatefulSet's pod name; undefined where there is none. */
export const ordinalOf = (podName: string): number | undefined => {
  const digits = /-(\d{1,4})$/.exec(podName)?.[1];
  return digits === undefined ? undefined : Number(digits);
};
