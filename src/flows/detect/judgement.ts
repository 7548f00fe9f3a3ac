import type { FlowTable } from '../features/flow-table.ts';

/** A field that made a flow stand out. */
export interface FlowReason {
  readonly column: string;
  readonly observed: number;
  /** Of the nearest benign flow, or the mean of benign flows. */
  readonly expected: number;
  /** Its share of the score, 0 to 1. */
  readonly share: number;
}

export interface Judgement {
  /** 0 and up; 1 = the model's own threshold, inclusive. */
  readonly score: number;
  /** `benign` below 1; above, a family the model knows, else `unknown`. */
  readonly family: string;
  /** At most three, the largest share first. */
  reasons(): FlowReason[];
  /** Called an attack because the client's other flows were: reported apart. */
  readonly isLinked?: boolean;
}

/** Judges flows in the order in which they came; a table is one batch of them. */
export interface FlowDetector {
  judge(table: FlowTable): Judgement[];
}

export const BENIGN = 'benign';
export const UNKNOWN = 'unknown';
