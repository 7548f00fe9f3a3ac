import type { Verdict } from '../../feedback/index.ts';

/** A stretch that somebody has spoken of, unix seconds. */
export interface VerdictWindow {
  readonly id: string;
  readonly namespace: string;
  readonly workload: string;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** What people said, as the gate needs it. */
export interface VerdictWindows {
  /** Confirmed or missed: to be found. */
  readonly real: readonly VerdictWindow[];
  /** False alarms: to be silent about. */
  readonly harmless: readonly VerdictWindow[];
  /** Expected, new trends, maintenance, mitigation: neither. */
  readonly masked: readonly VerdictWindow[];
}

const SIDES: Readonly<Record<Verdict['word'], keyof VerdictWindows>> = {
  confirmed: 'real',
  missed: 'real',
  false_alarm: 'harmless',
  expected: 'masked',
  new_trend: 'masked',
};

const windowOf = ({ id, workload: { namespace, workload }, fromSeconds, toSeconds }: Verdict): VerdictWindow => ({
  id,
  namespace,
  workload,
  fromSeconds,
  toSeconds,
});

const overlaps = (a: VerdictWindow, b: VerdictWindow): boolean =>
  a.namespace === b.namespace && a.workload === b.workload && a.fromSeconds <= b.toSeconds && b.fromSeconds <= a.toSeconds;

/** Full words by their sides. What touches a masked stretch judges nothing, and a stretch on which people disagree is masked. */
export const verdictWindows = (verdicts: readonly Verdict[], masks: readonly VerdictWindow[]): VerdictWindows => {
  const of = (side: keyof VerdictWindows): VerdictWindow[] => verdicts.filter(({ word }) => SIDES[word] === side).map(windowOf);
  const [real, harmless] = [of('real'), of('harmless')];
  const disputed = real.filter((one) => harmless.some((other) => overlaps(one, other)));
  const masked = [...of('masked'), ...masks, ...disputed];
  const isClear = (one: VerdictWindow): boolean => !masked.some((mask) => overlaps(one, mask));
  return { real: real.filter(isClear), harmless: harmless.filter(isClear), masked };
};

/** What training leaves out, as a file of events: everything but false alarms, which are usual life. */
export const leftOutEvents = ({ real, masked }: VerdictWindows, stepSeconds: number): string =>
  `${JSON.stringify({
    step_seconds: stepSeconds,
    entities: [],
    events: [...real, ...masked].map(({ id, namespace, workload, fromSeconds, toSeconds }) => ({
      id,
      namespace,
      workload,
      start: fromSeconds,
      end: Math.max(toSeconds, fromSeconds + 1),
    })),
  })}\n`;
