/** One flow record as a program wrote it. */
export interface Flow {
  /** Place in the input, from 0; a row that cannot be read keeps its place. */
  readonly row: number;
  /** Statistics in the order of `STATISTICS`; NaN = missing or not finite. */
  readonly statistics: Float64Array;
  /** Empty where the file has no such column. */
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** IANA number; 0 where there is none. */
  readonly protocol: number;
  /** Unix milliseconds with a fraction; NaN where there is none. */
  readonly startMs: number;
  /** The text of the columns that were asked for beside these, in their order. */
  readonly texts: readonly string[];
}

/** A row, or a part of one, that could not be read as it stands. */
export interface FlowProblem {
  /** From 1; the header is line 1. */
  readonly line: number;
  readonly column?: string;
  readonly reason: string;
}
