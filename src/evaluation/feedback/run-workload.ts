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
  /** Longest time of teaching, and the time that is judged after the last verdict of a set, in days. */
  readonly teachingDays: number;
  readonly laterDays: number;
}

/** One workload: a column of scores without verdicts, and one per set of verdicts. */
export interface WorkloadRun {
  /** When each verdict was given, unix seconds: a set is judged on the days after its last one, and the workload counts for it where it has as many. */
  readonly verdictTimes: readonly number[];
  readonly times: Float64Array;
  readonly raw: Float64Array;
  readonly taught: readonly Float64Array[];
  readonly faults: readonly Occurrence[];
  /** Benign runs, of all times. */
  readonly jobs: readonly Occurrence[];
}

const isFault = ({ kind }: Occurrence): boolean => kind !== 'job';
const covers = ({ fromSeconds, toSeconds }: Occurrence, seconds: number): boolean => seconds > fromSeconds && seconds <= toSeconds + MARGIN;

interface Teacher {
  /** Sees the raw score of every sample of the teaching time, and gives verdicts when their hour has passed. */
  observe(seconds: number, raw: number): void;
  readonly verdictTimes: readonly number[];
}

const createTeacher = (scorer: Scorer, workload: SimulatedWorkload, random: Random): Teacher => {
  const verdictTimes: number[] = [];
  let place = 0;
  let open: { readonly from: number } | undefined;
  const missable = workload.occurrences.filter(({ kind }) => kind === 'faint');
  const { namespace, workload: name, workloadKind } = workload.key;

  const teach = (fromSeconds: number, toSeconds: number, truth: 'false' | 'true' | 'missed', givenSeconds: number): void => {
    if (truth !== 'true') verdictTimes.push(givenSeconds);
    place++;
    const erring = random() < WRONG_SHARE;
    for (const word of wordsFor(truth)) {
      const verdict: Verdict = {
        id: idOf({ count: Math.max(1, verdictTimes.length), truth, erring, word }, place),
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
    verdictTimes,
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
  let end = Number.POSITIVE_INFINITY;
  for (const frame of workload.frames()) {
    const seconds = frame.timeMs / 1000;
    if (seconds > end) break;
    const score = scorer.score([frame])[0]!;
    const value = score.ready ? (score.taught?.rawValue ?? score.value) : 0;
    if (teacher.verdictTimes.length < MOST_VERDICTS) teacher.observe(seconds, value);
    else end = Math.min(end, seconds + laterDays * DAY);
    times.push(seconds);
    raw.push(value);
    for (const [i, column] of taught.entries()) column.push(score.ready ? (score.alternatives?.[i]?.value ?? value) : 0);
  }
  return {
    verdictTimes: teacher.verdictTimes,
    times: Float64Array.from(times),
    raw: Float64Array.from(raw),
    taught: taught.map((column) => Float64Array.from(column)),
    faults: workload.occurrences.filter(isFault),
    jobs: workload.occurrences.filter((one) => !isFault(one)),
  };
};

/** The stretch on which a set of verdicts is judged: the days after its last verdict. Undefined where there were fewer, or the time ended before. */
export const laterTime = (run: WorkloadRun, count: number, laterDays: number): WorkloadRun | undefined => {
  const given = run.verdictTimes[count - 1];
  const last = run.times.at(-1);
  if (given === undefined || last === undefined || last < given + laterDays * DAY) return undefined;
  const from = run.times.findIndex((seconds) => seconds > given);
  const to = run.times.findIndex((seconds) => seconds > given + laterDays * DAY);
  const cut = (column: Float64Array): Float64Array => column.subarray(from, to < 0 ? column.length : to);
  return {
    verdictTimes: run.verdictTimes,
    times: cut(run.times),
    raw: cut(run.raw),
    taught: run.taught.map(cut),
    jobs: run.jobs,
    // A fault that began before the verdict is no later fault; its alarms are no false ones.
    faults: run.faults.filter(({ toSeconds, fromSeconds }) => toSeconds + MARGIN > given && fromSeconds < given + laterDays * DAY),
  };
};

/** Whether a fault lies in the stretch as a whole. */
export const isInside = ({ times }: WorkloadRun, { fromSeconds, toSeconds }: Occurrence): boolean =>
  fromSeconds >= (times[0] ?? Infinity) && toSeconds <= (times.at(-1) ?? -Infinity);
