import { adjustmentOf, type Verdict, type VerdictWord } from '../../feedback/index.ts';
import { type Random, seededRandom } from '../../platform/index.ts';
import { createScorer, type Scorer } from '../../scoring/index.ts';
import { filterOf, idOf, MOST_VERDICTS, VERDICT_SETS, WRONG_SHARE, wordsFor } from './lesson-plan.ts';
import type { Occurrence } from './occurrence.ts';
import { type SimulatedWorkload, simulateWorkload } from './simulated-workload.ts';

const HOUR = 3600;
const DAY = 86_400;
/** Alarms this soon after a fault still belong to it, as for recordings. */
const MARGIN = 300;

export interface WorkloadRunOptions {
  readonly seed: number;
  readonly index: number;
  readonly repeats: 'job' | 'faint';
  readonly stepSeconds: number;
  /** Longest time of teaching, and the time that is judged after it, in days. */
  readonly teachingDays: number;
  readonly laterDays: number;
}

/** The judged time of one workload: one column of scores without verdicts, and one per set of verdicts. */
export interface WorkloadRun {
  /** Verdicts given: the workload counts for those sets that ask for no more. */
  readonly verdicts: number;
  readonly times: Float64Array;
  readonly raw: Float64Array;
  readonly taught: readonly Float64Array[];
  /** Faults of the judged time. */
  readonly faults: readonly Occurrence[];
}

const isFault = ({ kind }: Occurrence): boolean => kind !== 'job';
const covers = ({ fromSeconds, toSeconds }: Occurrence, seconds: number): boolean => seconds > fromSeconds && seconds <= toSeconds + MARGIN;

interface Teacher {
  /** Sees the raw score of every sample of the teaching time, and gives verdicts when their hour has passed. */
  observe(seconds: number, raw: number): void;
  readonly verdicts: number;
}

const createTeacher = (scorer: Scorer, workload: SimulatedWorkload, random: Random): Teacher => {
  let [verdicts, place] = [0, 0];
  let open: { readonly from: number } | undefined;
  const missable = workload.occurrences.filter(({ kind }) => kind === 'faint');
  const { namespace, workload: name, workloadKind } = workload.key;

  const teach = (fromSeconds: number, toSeconds: number, truth: 'false' | 'true' | 'missed', givenSeconds: number): void => {
    if (truth !== 'true') verdicts++;
    place++;
    const erring = random() < WRONG_SHARE;
    for (const word of wordsFor(truth)) {
      const verdict: Verdict = {
        id: idOf({ count: Math.max(1, verdicts), truth, erring, word }, place),
        word: word as VerdictWord,
        workload: { namespace, workload: name, workloadKind },
        fromSeconds,
        toSeconds,
        givenSeconds,
        expiresSeconds: null,
        by: 'simulation',
        source: 'form',
        weight: 1,
      };
      scorer.teach(adjustmentOf(verdict));
    }
  };

  const alarmed = new Set<Occurrence>();
  return {
    get verdicts() {
      return verdicts;
    },
    observe: (seconds, raw) => {
      if (raw >= 1) for (const one of missable) if (covers(one, seconds)) alarmed.add(one);
      if (open && seconds >= open.from + HOUR) {
        const during = workload.occurrences.filter(
          (one) => isFault(one) && one.fromSeconds < open!.from + HOUR && one.toSeconds + MARGIN > open!.from,
        );
        teach(open.from, open.from + HOUR / 2, during.length > 0 ? 'true' : 'false', seconds);
        open = undefined;
      }
      if (!open && raw >= 1) open = { from: seconds };
      const ended = missable[0];
      if (ended && seconds >= ended.toSeconds + MARGIN) {
        missable.shift();
        if (!alarmed.has(ended)) teach(ended.fromSeconds, ended.toSeconds, 'missed', seconds);
      }
    },
  };
};

/** Scores a simulated workload, teaches it by verdicts in the order of time, and keeps the scores of the time after that. */
export const runWorkload = (options: WorkloadRunOptions): WorkloadRun => {
  const { seed, index, repeats, stepSeconds, teachingDays, laterDays } = options;
  const workload = simulateWorkload({ seed, index, repeats, stepSeconds, days: teachingDays + laterDays });
  const scorer = createScorer({
    stepSeconds,
    bank: false,
    seed: 1,
    alternatives: VERDICT_SETS.map(filterOf),
    contributorFloor: Number.POSITIVE_INFINITY,
  });
  const teacher = createTeacher(scorer, workload, seededRandom(Math.imul(seed, 7919) + index));
  const times: number[] = [];
  const raw: number[] = [];
  const taught: number[][] = VERDICT_SETS.map(() => []);
  let first = Number.NaN;
  let judgedFrom = Number.POSITIVE_INFINITY;
  for (const frame of workload.frames()) {
    const seconds = frame.timeMs / 1000;
    if (Number.isNaN(first)) first = seconds;
    if (seconds >= judgedFrom + laterDays * DAY) break;
    const score = scorer.score([frame])[0]!;
    const value = score.taught?.rawValue ?? score.value;
    if (seconds < judgedFrom) {
      const isTaught = teacher.verdicts >= MOST_VERDICTS;
      if (!isTaught) teacher.observe(seconds, value);
      if (judgedFrom === Number.POSITIVE_INFINITY && (isTaught || seconds - first >= teachingDays * DAY)) judgedFrom = seconds + HOUR;
      continue;
    }
    times.push(seconds);
    raw.push(score.ready ? value : 0);
    for (const [i, column] of taught.entries()) column.push(score.ready ? (score.alternatives?.[i]?.value ?? value) : 0);
  }
  const end = times.at(-1) ?? 0;
  return {
    verdicts: teacher.verdicts,
    times: Float64Array.from(times),
    raw: Float64Array.from(raw),
    taught: taught.map((column) => Float64Array.from(column)),
    faults: workload.occurrences.filter((one) => isFault(one) && one.fromSeconds >= judgedFrom && one.toSeconds <= end),
  };
};
