/** Label names to values of one series, `__name__` included. Frozen, and the same object for the same series in every read of one client, so it may be a Map key. */
export type Labels = Readonly<Record<string, string>>;

/** Samples of one series in rising time, equal times removed. A gap is an absent sample, never a zero. */
export interface Series {
  readonly labels: Labels;
  /** Unix milliseconds. Neighbours with the same times may share the array: not to be written to. */
  readonly timesMs: Float64Array;
  /** Same length as `timesMs`; an ordinary NaN is a value, stale markers are never in here. */
  readonly values: Float64Array;
  /** Time of the newest stale marker when it is later than every sample: the series has ended. Otherwise undefined. */
  readonly staleMs?: number | undefined;
}

/** A PromQL label matcher; regular expressions are RE2 and fully anchored. `__name__` is a label like any other. */
export interface LabelMatcher {
  readonly name: string;
  readonly type: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A vector selector, for example `up{job="node"}`, as its matchers. */
export type Selector = readonly LabelMatcher[];

/** The answer to one selector of a read, in the order of the request's selectors. */
export interface SelectorResult {
  /** Index into the request's selectors. */
  readonly selector: number;
  readonly series: readonly Series[];
}
