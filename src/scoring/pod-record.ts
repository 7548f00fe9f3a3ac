import { POD_PLATEAU, type PodMemories, type PodMemory } from './pod-memory.ts';
import type { WorkloadState } from './workload-state.ts';

/** Four digits are more than a habit is known to. */
const DIGITS = 4;
const NEVER = Number.NEGATIVE_INFINITY;

const rounded = (numbers: Float64Array): number[] => Array.from(numbers, (x) => Number(x.toPrecision(DIGITS)));
/** JSON has neither infinities nor NaN. */
const written = (x: number): number | null => (Number.isFinite(x) ? x : null);

interface PodRecord {
  readonly pod: string;
  readonly since: number | null;
  readonly gap: number | null;
  readonly last: number;
  readonly total: number;
  readonly samples: readonly number[];
  readonly habit: readonly number[];
  readonly values: readonly (number | null)[];
  readonly plateau: readonly number[];
}

/** What is known of a workload's pods, as plain data. */
export const rememberPods = ({ pods }: PodMemories, state: WorkloadState): unknown => ({
  metrics: state.metrics.map(({ name }) => name),
  pods: Array.from(
    pods,
    ([pod, memory]): PodRecord => ({
      pod,
      since: written(memory.since),
      gap: written(memory.gapSeconds),
      last: memory.lastSeconds,
      total: Number(memory.total.toPrecision(DIGITS)),
      samples: Array.from(memory.samples),
      habit: rounded(memory.habit),
      values: Array.from(memory.last, written),
      plateau: rounded(memory.plateau),
    }),
  ),
});

const isNumbers = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every((x) => Number.isFinite(x));
const isKnown = (value: unknown): value is number | null => value === null || Number.isFinite(value);

const isPodRecord = (value: unknown): value is PodRecord =>
  typeof value === 'object' &&
  value !== null &&
  'pod' in value &&
  typeof value.pod === 'string' &&
  'since' in value &&
  isKnown(value.since) &&
  'gap' in value &&
  isKnown(value.gap) &&
  'last' in value &&
  Number.isFinite(value.last) &&
  'total' in value &&
  Number.isFinite(value.total) &&
  'samples' in value &&
  isNumbers(value.samples) &&
  'habit' in value &&
  isNumbers(value.habit) &&
  'values' in value &&
  Array.isArray(value.values) &&
  value.values.every(isKnown) &&
  'plateau' in value &&
  isNumbers(value.plateau);

/** The memories that `rememberPods` wrote, metrics found by name; undefined where it is something else. */
export const recallPods = (record: unknown, state: WorkloadState): PodMemories | undefined => {
  if (typeof record !== 'object' || record === null || !('metrics' in record) || !('pods' in record)) return undefined;
  const { metrics, pods } = record;
  if (!Array.isArray(metrics) || !Array.isArray(pods)) return undefined;
  const from = state.metrics.map(({ name }) => metrics.indexOf(name));
  const count = from.length;
  const memories: PodMemories = { pods: new Map(), frame: 1 };
  for (const entry of pods) {
    if (!isPodRecord(entry)) continue;
    const memory: PodMemory = {
      since: entry.since ?? NEVER,
      gapSeconds: entry.gap ?? NEVER,
      lastSeconds: entry.last,
      samples: new Float64Array(count),
      habit: new Float64Array(count),
      last: new Float64Array(count).fill(Number.NaN),
      plateau: new Float64Array(count * POD_PLATEAU),
      total: entry.total,
      frame: 1,
    };
    for (const [to, source] of from.entries()) {
      if (source < 0) continue;
      memory.samples[to] = entry.samples[source] ?? 0;
      memory.habit[to] = entry.habit[source] ?? 0;
      memory.last[to] = entry.values[source] ?? Number.NaN;
      for (let i = 0; i < POD_PLATEAU; i++) memory.plateau[to * POD_PLATEAU + i] = entry.plateau[source * POD_PLATEAU + i] ?? 0;
    }
    memories.pods.set(entry.pod, memory);
  }
  return memories;
};
