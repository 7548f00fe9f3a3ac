import { type WorkloadKey, workloadId } from '../../conventions/index.ts';
import { UNKNOWN } from '../detect/judgement.ts';
import { type FlowLesson, MAX_LESSON_FLOWS } from '../shots/lessons.ts';
import type { FlowFinding } from './flow-watch.ts';

/** What somebody said of a stretch of a workload's time, as far as flows are concerned. */
export interface FlowVerdict {
  readonly id: string;
  readonly key: WorkloadKey;
  readonly isConfirmed: boolean;
  /** Unix seconds. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Metrics that the verdict is about; `flows_FAMILY` names a family, and any other one means that it is not about flows. */
  readonly metrics: readonly string[];
}

/** How contributors of flows begin. */
export const FLOW_CONTRIBUTOR = 'flows_';

/**
 * The lesson of a verdict on findings of its workload and time: a confirmed one makes them examples of the family that it names (`metrics: [flows_FAMILY]`), or of
 * the one that was named already; a false alarm makes them benign. Undefined where there are no such findings, or the attack has no name.
 */
export const lessonOf = (verdict: FlowVerdict, findings: readonly FlowFinding[]): FlowLesson | undefined => {
  const named = verdict.metrics.find((metric) => metric.startsWith(FLOW_CONTRIBUTOR))?.slice(FLOW_CONTRIBUTOR.length);
  if (named === undefined && verdict.metrics.length > 0) return undefined;
  const workload = workloadId(verdict.key);
  const about = findings.filter(
    ({ timeMs, workloads }) =>
      timeMs >= verdict.fromSeconds * 1000 && timeMs <= verdict.toSeconds * 1000 && workloads.some((key) => workloadId(key) === workload),
  );
  const family = named !== undefined && named !== UNKNOWN ? named : about.find((finding) => finding.family !== UNKNOWN)?.family;
  if (about.length === 0 || (verdict.isConfirmed && family === undefined)) return undefined;
  // Spread over the stretch: the first ones alone would be the same flow ten times.
  const step = Math.max(1, Math.floor(about.length / MAX_LESSON_FLOWS));
  const chosen = about.filter((_, i) => i % step === 0).slice(0, MAX_LESSON_FLOWS);
  return {
    id: verdict.id,
    family: verdict.isConfirmed ? family! : '',
    points: Float64Array.from(chosen.flatMap(({ points }) => [...points])),
  };
};
