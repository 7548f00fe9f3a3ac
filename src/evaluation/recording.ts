import type { Labels } from '../conventions/index.ts';

export type FamilyType = 'gauge' | 'counter' | 'stateset' | 'info' | 'histogram' | 'gaugehistogram' | 'summary' | 'unknown';

/** A metric family of a recording, as its `# TYPE`, `# HELP` and `# UNIT` lines say. */
export interface RecordedFamily {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  readonly unit: string;
}

/** The samples of one series in the order of the file: late and doubled ones are kept where they stand, so that a replay can give them as they came. */
export interface RecordedSeries {
  readonly labels: Labels;
  /** Index into the recording's families. */
  readonly family: number;
  /** Unix milliseconds. */
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** A stretch of a Prometheus, in memory: 16 bytes per sample. */
export interface Recording {
  readonly families: readonly RecordedFamily[];
  readonly series: readonly RecordedSeries[];
  readonly samples: number;
  /** First and last sample, unix milliseconds; NaN for an empty recording. */
  readonly startMs: number;
  readonly endMs: number;
}
