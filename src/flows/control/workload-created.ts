/** Bytes by which the reports of a node grow at least when it has one more workload. */
const STEP_BYTES = 200;
/** How long a new size must last: one report that is larger is chance. */
const HELD_MS = 30_000;
/** So many changes in so long are workloads that come and go. */
const CHANGES = 6;
const CHANGES_MS = 300_000;
const MAX_PAIRS = 20_000;

/** A flow from a node to the control plane, as far as its size goes. */
export interface ControlFlow {
  /** Who reports to whom: any text that stays the same. */
  readonly pair: string;
  readonly timeMs: number;
  /** Payload per packet or per flow, as long as it is always the same one. */
  readonly bytes: number;
}

export interface WorkloadSign {
  readonly kind: 'created' | 'removed' | 'churn';
  readonly pair: string;
  /** When the step began, or the last change came. */
  readonly timeMs: number;
  readonly fromBytes: number;
  readonly toBytes: number;
}

interface Pair {
  level: number;
  /** A size that is not the level, and since when it lasts. */
  candidate: number;
  sinceMs: number;
  changesMs: number[];
}

/**
 * Experimental: signs that a workload was made or removed, from the sizes of control-plane flows alone: a step of at least 200 bytes that lasts 30 s, or six
 * changes within five minutes. Other things change these sizes too; nothing is scored by it.
 */
export const createWorkloadWatch = () => {
  const pairs = new Map<string, Pair>();
  return {
    /** Takes the flows of each pair in order of time. */
    observe: ({ pair, timeMs, bytes }: ControlFlow): WorkloadSign[] => {
      const known = pairs.get(pair);
      if (!known) {
        if (pairs.size >= MAX_PAIRS) pairs.delete(pairs.keys().next().value!);
        pairs.set(pair, { level: bytes, candidate: bytes, sinceMs: timeMs, changesMs: [] });
        return [];
      }
      const signs: WorkloadSign[] = [];
      if (Math.abs(bytes - known.candidate) >= STEP_BYTES) {
        known.changesMs = [...known.changesMs.filter((at) => timeMs - at < CHANGES_MS), timeMs];
        known.candidate = bytes;
        known.sinceMs = timeMs;
        if (known.changesMs.length >= CHANGES) {
          known.changesMs = [];
          signs.push({ kind: 'churn', pair, timeMs, fromBytes: known.level, toBytes: bytes });
        }
      }
      if (Math.abs(known.candidate - known.level) >= STEP_BYTES && timeMs - known.sinceMs >= HELD_MS) {
        const kind = known.candidate > known.level ? 'created' : 'removed';
        signs.push({ kind, pair, timeMs: known.sinceMs, fromBytes: known.level, toBytes: known.candidate });
        known.level = known.candidate;
      }
      return signs;
    },
  };
};
