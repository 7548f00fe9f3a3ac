import { formatTime } from '../platform/index.ts';

/** What is done in the drill, and to which member. `load` is harmless: more visitors, for which nobody should be called. */
export const ACTS = ['load', 'miner', 'scanner', 'crash-loop', 'transfer'] as const;
export type Act = (typeof ACTS)[number];
export const QUIET = 'quiet';

/** Members of the lab, by the name of their workload without its prefix. */
export const TARGETS: Readonly<Record<Act, 'web' | 'client' | 'batch'>> = {
  load: 'web',
  miner: 'web',
  scanner: 'client',
  'crash-loop': 'batch',
  transfer: 'batch',
};

export interface DrillOptions {
  readonly startMs: number;
  /** Quiet life before the first act, in which a score learns what is usual. */
  readonly warmUpMs: number;
  readonly actMs: number;
  /** Quiet life after each act. */
  readonly restMs: number;
}

export interface DrillPhase {
  readonly act: Act;
  readonly startMs: number;
  readonly endMs: number;
}

export interface DrillSchedule {
  readonly startMs: number;
  readonly phases: readonly DrillPhase[];
  readonly endMs: number;
}

/** Every act once, in a fixed order, with rest between them: the end is known from the start. */
export const deriveSchedule = ({ startMs, warmUpMs, actMs, restMs }: DrillOptions): DrillSchedule => {
  const phases = ACTS.map((act, i) => {
    const begin = startMs + warmUpMs + i * (actMs + restMs);
    return { act, startMs: begin, endMs: begin + actMs };
  });
  return { startMs, phases, endMs: startMs + warmUpMs + ACTS.length * (actMs + restMs) };
};

/** What is on at a moment; an act ends the millisecond before its end. */
export const actAt = ({ phases }: DrillSchedule, nowMs: number): Act | typeof QUIET =>
  phases.find(({ startMs, endMs }) => nowMs >= startMs && nowMs < endMs)?.act ?? QUIET;

/** Whole seconds: nobody misses the rest. */
const iso = (ms: number): string => formatTime(Math.floor(ms / 1000) * 1000);

/** The phase file that `bellwether record --phases` takes, as JSON; acts that have not ended by `untilMs` are left out. */
export const phaseFile = (
  schedule: DrillSchedule,
  names: { readonly namespace: string; readonly prefix: string },
  untilMs: number,
): string => {
  const done = schedule.phases.filter(({ endMs }) => endMs <= untilMs);
  const phases = done.map(({ act, startMs, endMs }) => ({
    start: iso(startMs),
    end: iso(endMs),
    namespace: names.namespace,
    workload: `${names.prefix}-${TARGETS[act]}`,
    kind: act,
    id: `drill-${act}`,
  }));
  const notes = ['a drill of bellwether lab; load is harmless, everything else is not'];
  const [first] = schedule.phases;
  return `${JSON.stringify({ phases, ...(first ? { clean_until: iso(first.startMs) } : {}), notes }, null, 2)}\n`;
};
