import type { Labels, SelectorResult, Series, WorkloadFrame } from '../conventions/index.ts';

/** A series from pairs of seconds and values. */
export const testSeries = (
  labels: Labels,
  samples: readonly (readonly [seconds: number, value: number])[],
  staleSeconds?: number,
): Series => ({
  labels,
  timesMs: Float64Array.from(samples, ([seconds]) => seconds * 1000),
  values: Float64Array.from(samples, ([, value]) => value),
  ...(staleSeconds === undefined ? {} : { staleMs: staleSeconds * 1000 }),
});

/** The answer of a read, from series that carry the index of their selector. */
export const testResults = (...series: readonly (readonly [selector: number, series: Series])[]): SelectorResult[] =>
  series.map(([selector, each]) => ({ selector, series: [each] }));

/** A frame as plain data: its time in seconds and its values by feature name, missing ones left out. */
export const plainFrame = (
  frame: WorkloadFrame,
): { readonly at: number; readonly workload: string; readonly values: Record<string, number> } => ({
  at: frame.timeMs / 1000,
  workload: `${frame.key.workloadKind}/${frame.key.workload}`,
  values: Object.fromEntries(
    frame.layout.features.flatMap(({ name }, i) => (Number.isNaN(frame.values[i]) ? [] : [[name, frame.values[i]!]])),
  ),
});
