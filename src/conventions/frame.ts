import type { WorkloadKey } from './workload.ts';

/** Class of a metric: it decides the deviation that is too small to matter (scoring/unit-class.ts). */
export type UnitClass =
  | 'context'
  | 'cpu_cores'
  | 'ratio'
  | 'memory_ratio'
  | 'memory_bytes'
  | 'seconds'
  | 'bytes_per_second'
  | 'syscalls'
  | 'requests_per_second'
  | 'per_second'
  | 'success_ratio'
  | 'error_ratio'
  | 'stall_ratio'
  | 'other';

/** A metric of a workload, as the scorer sees it. */
export interface FrameFeature {
  readonly name: string;
  readonly unit: string;
  readonly unitClass: UnitClass;
  /** Physical bounds: an expected band never leaves them. */
  readonly min?: number;
  readonly max?: number;
}

/** The columns of a workload's frames. One object per set of columns, shared: compare by identity. */
export interface FrameLayout {
  /** Catalogue version that named the columns. */
  readonly version: string;
  readonly features: readonly FrameFeature[];
}

/** A pod's own values, in the layout's order, for peer comparison. */
export interface PodValues {
  readonly pod: string;
  readonly values: Float64Array;
}

/** What happened to a workload's containers since its last frame. */
export interface LifecycleSignals {
  /** Container restarts since the last frame, over all pods. */
  readonly restarts: number;
  /** Containers whose last termination was OOMKilled and whose restart count rose since the last frame. */
  readonly oomKills: number;
  /** Containers waiting for a reason that is a fault: CrashLoopBackOff, ImagePullBackOff, ErrImagePull, CreateContainerConfigError, ... */
  readonly waiting: Readonly<Record<string, number>>;
  /** Share of CPU periods throttled, largest over pods, 0..1; NaN where unknown. */
  readonly throttledRatio: number;
}

/** One workload at one instant: the median over its pods per feature. */
export interface WorkloadFrame {
  readonly key: WorkloadKey;
  readonly timeMs: number;
  readonly layout: FrameLayout;
  /** In the layout's order; NaN = no sample. */
  readonly values: Float64Array;
  /** Pods that gave at least one value; 1 where the entity has no pods. */
  readonly replicas: number;
  /** Given where there are at least 2 pods. */
  readonly pods?: readonly PodValues[];
  readonly lifecycle?: LifecycleSignals;
  /** A new ReplicaSet or a changed replica count was first seen in this frame. */
  readonly changed?: 'rollout' | 'scale';
}
