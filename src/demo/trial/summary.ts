import type { ScenarioKind } from '../simulator/scenarios.ts';
import type { EventVerdict, SpanVerdict } from './judge.ts';

/** The bar of a simulated scenario: an alert within two scrape intervals and one rule interval of the time it can be seen. */
export const ALERT_LIMIT_INTERVALS = 3;

/** All scenarios of one kind over all seeds. */
export interface KindSummary {
  readonly kind: ScenarioKind;
  readonly variant: string;
  readonly events: number;
  /** Slow ones that ended inside their band: nothing to see, so not judged. */
  readonly invisible: number;
  readonly alerted: number;
  readonly inTime: number;
  readonly firstRight: number;
  readonly inTopThree: number;
  /** Scrape intervals from visible to alert. */
  readonly medianDelay: number;
  readonly largestDelay: number;
}

const summarise = (verdicts: readonly EventVerdict[], stepMs: number): KindSummary => {
  const visible = verdicts.filter((verdict) => verdict.visibleFromMs !== undefined);
  const delays = visible.flatMap(({ delayMs }) => (delayMs === undefined ? [] : [delayMs / stepMs])).sort((a, b) => a - b);
  const { kind, variant } = (verdicts[0] as EventVerdict).event;
  return {
    kind,
    variant: variant ?? '',
    events: visible.length,
    invisible: verdicts.length - visible.length,
    alerted: delays.length,
    inTime: delays.filter((delay) => delay <= ALERT_LIMIT_INTERVALS).length,
    firstRight: visible.filter(({ delayMs, firstRight }) => delayMs !== undefined && firstRight).length,
    inTopThree: visible.filter(({ delayMs, inTopThree }) => delayMs !== undefined && inTopThree).length,
    medianDelay: delays[Math.floor(delays.length / 2)] ?? Number.NaN,
    largestDelay: delays.at(-1) ?? Number.NaN,
  };
};

/** One line per kind and variant, in the order of their first event. */
export const summariseKinds = (verdicts: readonly EventVerdict[], stepMs: number): readonly KindSummary[] => {
  const groups = new Map<string, EventVerdict[]>();
  for (const verdict of verdicts) {
    const id = `${verdict.event.kind}/${verdict.event.variant ?? ''}`;
    groups.set(id, [...(groups.get(id) ?? []), verdict]);
  }
  return [...groups.values()].map((group) => summarise(group, stepMs));
};

/** Alarms per day over several spans. */
export const alarmsPerDay = (spans: readonly SpanVerdict[]): number => {
  const days = spans.reduce((sum, span) => sum + span.days, 0);
  return days === 0 ? 0 : spans.reduce((sum, span) => sum + span.alarms, 0) / days;
};

/** Events of all that must alert, and those that did in time. */
export const inTimeShare = (kinds: readonly KindSummary[]): { readonly inTime: number; readonly events: number } => ({
  inTime: kinds.reduce((sum, kind) => sum + kind.inTime, 0),
  events: kinds.reduce((sum, kind) => sum + kind.events, 0),
});
