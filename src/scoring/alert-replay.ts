import { WORKLOAD_ALERT } from '../conventions/index.ts';

/** When an alert fired: from its first evaluation to the last one at which it was still kept. */
export interface FiringSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ScoreSample {
  readonly timeMs: number;
  /** NaN where there was no score. */
  readonly value: number;
}

export interface AlertRuleOptions {
  readonly windowSeconds: number;
  readonly threshold: number;
  readonly keepFiringForSeconds: number;
  /** Share of the window's samples at or above the threshold; 0 = one is enough, which is the shipped rule. */
  readonly share?: number;
}

/**
 * The shipped workload rule over a history of scores: fires while a sample of the last window is at or above the threshold, and is kept for a while after.
 * Evaluated at every sample, as a Prometheus whose rule interval is the step would. Samples in rising time.
 */
export const replayAlertRule = (samples: readonly ScoreSample[], rule: AlertRuleOptions = WORKLOAD_ALERT): FiringSpan[] => {
  const windowMs = rule.windowSeconds * 1000;
  const keepMs = rule.keepFiringForSeconds * 1000;
  const spans: { fromMs: number; toMs: number }[] = [];
  let first = 0;
  let hits = 0;
  let seen = 0;
  let current: { fromMs: number; toMs: number } | undefined;
  const isHit = (i: number): boolean => samples[i]!.value >= rule.threshold;
  for (let i = 0; i < samples.length; i++) {
    const now = samples[i]!.timeMs;
    if (Number.isFinite(samples[i]!.value)) seen++;
    if (isHit(i)) hits++;
    // A range selector leaves its left end out.
    while (samples[first]!.timeMs <= now - windowMs) {
      if (Number.isFinite(samples[first]!.value)) seen--;
      if (isHit(first)) hits--;
      first++;
    }
    const active = hits > 0 && hits >= (rule.share ?? 0) * seen;
    if (current && now - current.toMs > keepMs && !active) current = undefined;
    if (!active) continue;
    if (current && now - current.toMs <= keepMs) current.toMs = now;
    else {
      current = { fromMs: now, toMs: now };
      spans.push(current);
    }
  }
  const last = samples.at(-1)?.timeMs ?? 0;
  return spans.map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs + keepMs, Math.max(last, toMs)) }));
};
