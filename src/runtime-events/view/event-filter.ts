import type { RuntimeEvent } from '../runtime-event.ts';

/** What a list of events may be narrowed to; all that are given have to hold. */
export interface EventFilter {
  readonly source?: string;
  readonly type?: string;
  readonly node?: string;
  readonly namespace?: string;
  readonly pod?: string;
  /** The workload's own events, and those of pods that are called after it. */
  readonly workload?: string;
  readonly policy?: string;
  /** Binary, reason or technique, whole. */
  readonly subject?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
}

const EXACT = ['source', 'type', 'node', 'namespace', 'pod', 'policy', 'subject'] as const;

/** Whether an event is wanted. The store asks the same in SQL; a test holds the two together. */
export const isWanted = (event: RuntimeEvent, filter: EventFilter): boolean =>
  EXACT.every((key) => filter[key] === undefined || event[key] === filter[key]) &&
  (filter.workload === undefined || event.workload === filter.workload || event.pod.startsWith(`${filter.workload}-`)) &&
  (filter.fromMs === undefined || event.timeMs >= filter.fromMs) &&
  (filter.toMs === undefined || event.timeMs <= filter.toMs);
