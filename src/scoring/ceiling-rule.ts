import type { Contributor, FrameLayout, WorkloadFrame } from '../conventions/index.ts';
import { fillProfileRange, profileRange } from './daily-profile.ts';
import { type Detector, NO_MEMORY } from './detector.ts';
import { SLOT } from './metric-slots.ts';
import { pushRecent, RECENT, recentMedian } from './recent-median.ts';
import { metricSlot, type WorkloadState } from './workload-state.ts';

export interface CeilingRuleOptions {
  readonly id: string;
  readonly metric: string;
  /** The ratio, 0..1, whose ceiling is watched; NaN = unknown. */
  readonly ratioOf: (frame: WorkloadFrame) => number;
  /** Whether frames of this layout can have the ratio at all. */
  readonly applies: (layout: FrameLayout) => boolean;
  readonly above: number;
  readonly aboveMedian: number;
  readonly samples: number;
  readonly value: number;
}

/** A job has no usual level: each run is its own, and using what it was given is its purpose. */
const RUN_TO_COMPLETION = new Set(['Job', 'CronJob']);

/** The sample before the first full one may be its edge, as a rate covers a whole scrape interval: this part of the rise is enough for it. */
const EDGE = 0.5;

/** Slots: values seen, samples in a row above, the newest value. */
const SEEN = 0;
const RUN = 1;
const LAST = 2;

/** The most that earlier days know of this time of the day: a nightly backup may use the CPU it was given. */
const usualAtThisTime = (state: WorkloadState, name: string, seconds: number): number => {
  const metric = state.metrics.findIndex((candidate) => candidate.name === name);
  if (metric < 0) return Number.NEGATIVE_INFINITY;
  fillProfileRange(state, metric, seconds, seconds - state.doubles[metricSlot(state, metric) + SLOT.firstSeconds]!);
  return profileRange.high;
};

/** A known ceiling is being hit, and was not before: a ratio stays above an absolute mark and above what its own recent median and the present load explain. */
export const createCeilingRule = (options: CeilingRuleOptions): Detector => ({
  id: options.id,
  memory: (layout) => (options.applies(layout) ? { doubles: 3, floats: RECENT } : NO_MEMORY),
  observe({ frame, seconds, state, analysis, doublesAt, floatsAt }) {
    if (!options.applies(frame.layout) || RUN_TO_COMPLETION.has(frame.key.workloadKind)) return undefined;
    const x = options.ratioOf(frame);
    if (!Number.isFinite(x)) return undefined;
    const d = state.doubles;
    const seen = d[doublesAt + SEEN]!;
    let median = Number.NaN;
    // The median is only worth its sort where the absolute mark is passed.
    if (x >= options.above) {
      median = seen > 0 ? recentMedian(state.floats, floatsAt, seen) : x;
      const usual = Math.max(median * Math.max(1, analysis.load), usualAtThisTime(state, options.metric, seconds));
      const afterEdge = d[doublesAt + LAST]! - usual >= EDGE * options.aboveMedian ? 1 : 0;
      d[doublesAt + RUN] = x - usual >= options.aboveMedian ? Math.max(d[doublesAt + RUN]!, afterEdge) + 1 : 0;
    } else d[doublesAt + RUN] = 0;
    d[doublesAt + LAST] = x;
    pushRecent(state.floats, floatsAt, seen, x);
    d[doublesAt + SEEN] = seen + 1;
    if (d[doublesAt + RUN]! < options.samples) return undefined;
    const contributor: Contributor = {
      metric: options.metric,
      contribution: 1,
      observed: x,
      expected: median,
      lower: 0,
      upper: Math.max(options.above, median + options.aboveMedian),
      unit: 'ratio',
      detector: options.id,
    };
    return { detector: options.id, value: options.value, contributors: [contributor] };
  },
});
