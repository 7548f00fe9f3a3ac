import type { Selector, SelectorResult } from '../conventions/index.ts';

export interface ReadRequest {
  readonly selectors: readonly Selector[];
  /** Unix milliseconds, both ends inclusive. */
  readonly startMs: number;
  readonly endMs: number;
}

/** A stretch of time of a longer read, complete for its selectors. */
export interface ReadSlice {
  readonly startMs: number;
  readonly endMs: number;
  readonly results: readonly SelectorResult[];
}

/** How samples come out of a Prometheus; the rung in use is a metric. */
export type Rung = 'streamed' | 'samples' | 'query';

/** Series out of a Prometheus, or out of anything that answers like one. */
export interface SeriesSource {
  /**
   * Every sample of every matching series inside the range: all of it or an error, never a part.
   * Rejects with BellwetherError: upstream_unavailable, upstream_refused, upstream_unsupported, corrupt_response, limit_exceeded, timeout, cancelled.
   */
  read(request: ReadRequest, signal?: AbortSignal): Promise<readonly SelectorResult[]>;
  /** The same in consecutive slices of time, each bounded in bytes, so that memory does not grow with the range. */
  readSlices(request: ReadRequest, signal?: AbortSignal): AsyncIterable<ReadSlice>;
  /** The rung the last successful read used. */
  readonly rung: Rung | undefined;
  close(): Promise<void>;
}
