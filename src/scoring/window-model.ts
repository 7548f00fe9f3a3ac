/** Rows for a learned model, one per workload; arrays hold `rows` rows back to back. */
export interface WindowBatch {
  readonly rows: number;
  /** [rows, windowLength]: standardised residuals of the workload's most surprising metric, oldest first. */
  readonly windows: Float32Array;
  /** [rows]: the workload's own mean and spread of such residuals: per-workload numbers are inputs, so that all workloads share one session. */
  readonly level: Float32Array;
  readonly scale: Float32Array;
}

/** A learned model behind the scorer. It runs elsewhere (a worker), so its word comes after the other detectors'. */
export interface WindowModel {
  readonly id: string;
  readonly version: string;
  readonly windowLength: number;
  /** One number >= 0 per row: how badly the window fits what the model knows. Rejects when the session fails or is late. */
  evaluate(batch: WindowBatch): Promise<Float32Array>;
}

/** `shadow` runs and counts, and changes no score; `on` lets it lift a score. */
export type LearnedMode = 'off' | 'shadow' | 'on';
