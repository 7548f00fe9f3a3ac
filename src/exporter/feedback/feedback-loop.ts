import { type MaskReader, VERDICT_WORDS, type VerdictReader } from '../../feedback/index.ts';
import { type Clock, type Logger, toBellwetherError } from '../../platform/index.ts';
import type { ExporterInstruments } from '../self/self-metrics.ts';
import type { LimitedStretches } from './limited-stretches.ts';
import type { Pupil } from './pupil.ts';

/** Where limited stretches come from, and who wants to know of them. */
export interface LimitedNews {
  readonly reader: MaskReader;
  readonly stretches: Pick<LimitedStretches, 'set'>;
  /** Workloads whose state is put aside. */
  readonly held: () => number;
}

export interface FeedbackLoopDeps {
  /** Absent without a receiver. */
  readonly limited: LimitedNews | undefined;
  readonly sources: readonly VerdictReader[];
  readonly pupil: Pupil;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly instruments: ExporterInstruments;
}

const loop = 'feedback';

const count = ({ pupil, clock, instruments: m }: FeedbackLoopDeps): void => {
  const known = pupil.verdicts(clock.nowMs() / 1000);
  for (const word of VERDICT_WORDS) {
    const own = known.filter(({ verdict, state }) => verdict.word === word && state !== 'faded');
    m.verdicts.set({ word }, own.length);
    for (const reason of ['no_window', 'unknown_workload'] as const)
      m.verdictsWithoutEffect.set({ word, reason }, own.filter(({ state }) => state === reason).length);
  }
};

/** As long ago as a back-fill may reach, and as far ahead as a limit may last. */
const PAST_SECONDS = 3 * 86_400;
const AHEAD_SECONDS = 86_400;
/** The place of masks among what fails; sources of verdicts count from 0. */
const MASKS = -1;

/** Fetches once which workloads are under a limit, before the first frame is scored and from then on with the verdicts; never rejects. */
export const fetchLimited = async (
  { limited, clock, log, instruments: m }: Omit<FeedbackLoopDeps, 'sources' | 'pupil'>,
  failing: Set<number>,
  signal: AbortSignal,
): Promise<void> => {
  if (!limited) return;
  const nowSeconds = clock.nowMs() / 1000;
  try {
    limited.stretches.set(await limited.reader.read(nowSeconds - PAST_SECONDS, nowSeconds + AHEAD_SECONDS, signal));
    failing.delete(MASKS);
  } catch (thrown) {
    if (signal.aborted) return;
    const error = toBellwetherError(thrown);
    m.cycleFailures.inc({ loop, reason: error.code });
    if (!failing.has(MASKS)) log.warn({ code: error.code, reason: error.message }, 'what is under a limit cannot be read');
    failing.add(MASKS);
  }
  m.limitedWorkloads.set(limited.held());
};

/** Fetches verdicts once and teaches them; never rejects. */
export const fetchVerdicts = async (deps: FeedbackLoopDeps, failing: Set<number>, signal: AbortSignal): Promise<void> => {
  const { sources, pupil, clock, log, instruments: m } = deps;
  m.cycles.inc({ loop });
  await fetchLimited(deps, failing, signal);
  for (const [place, source] of sources.entries()) {
    try {
      pupil.hear(place, await source.read(signal));
      failing.delete(place);
    } catch (thrown) {
      if (signal.aborted) return;
      const error = toBellwetherError(thrown);
      m.cycleFailures.inc({ loop, reason: error.code });
      if (!failing.has(place)) log.warn({ code: error.code, reason: error.message }, 'verdicts cannot be read; what was learned stays');
      failing.add(place);
    }
  }
  const { taught, undone } = pupil.learn(clock.nowMs() / 1000);
  if (taught + undone > 0) log.info({ taught, undone }, 'scores learned from verdicts');
  if (failing.size === 0) m.cycleLastSuccess.set({ loop }, clock.nowMs() / 1000);
  count(deps);
};

/** Fetches verdicts until the signal is aborted. Begins once the past is scored: a verdict needs the window it speaks of. */
export const runFeedbackLoop = async (deps: FeedbackLoopDeps, intervalMs: number, signal: AbortSignal): Promise<void> => {
  const failing = new Set<number>();
  deps.instruments.cycleInterval.set({ loop }, intervalMs / 1000);
  while (!signal.aborted) {
    await fetchVerdicts(deps, failing, signal);
    await deps.clock.sleep(intervalMs, signal);
  }
};
