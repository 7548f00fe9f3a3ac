import { type Counts, countAll, isAlone, thresholdFor } from './judge-runs.ts';
import { VERDICT_SETS, type VerdictSet } from './lesson-plan.ts';
import type { Occurrence } from './occurrence.ts';
import { laterTime, runWorkload, type WorkloadRun } from './run-workload.ts';

export interface ClusterOptions {
  readonly seed: number;
  /** Workloads with a repeating benign job, and workloads with a repeating faint fault. */
  readonly jobWorkloads: number;
  readonly faintWorkloads: number;
  readonly stepSeconds: number;
  readonly teachingDays: number;
  readonly laterDays: number;
}

/** What one set of verdicts did to the workloads of one cluster that had as many verdicts. */
export interface SetFigures {
  readonly set: VerdictSet;
  readonly workloads: number;
  readonly without: Counts;
  readonly taught: Counts;
  /** Without verdicts, at the threshold that has as few false alarms as the verdicts left. */
  readonly control: Counts;
  /** The first two for faults without a job beside them: beside one, the alarm of the job counts for the fault until verdicts take it away. */
  readonly alone: { readonly without: Counts; readonly taught: Counts };
}

/** The same for missed faults; like events are the faint ones. */
export interface MissedFigures {
  readonly set: VerdictSet;
  readonly workloads: number;
  readonly falseAlarms: number;
  /** At the boundary. */
  readonly taught: Counts;
  /** Like events found with and without verdicts, each at the threshold that has as many false alarms as the boundary has without. */
  readonly equalWithout: Counts;
  readonly equalTaught: Counts;
}

export interface ClusterFigures {
  readonly seed: number;
  readonly jobs: readonly SetFigures[];
  readonly missed: readonly MissedFigures[];
}

const raw = (run: WorkloadRun): Float64Array => run.raw;
const isFaint = ({ kind }: Occurrence): boolean => kind === 'faint';

const judgeSet = (runs: readonly WorkloadRun[], set: VerdictSet, index: number, laterDays: number): SetFigures => {
  const later = runs.flatMap((run) => laterTime(run, set.count, laterDays) ?? []);
  const taught = countAll(later, (run) => run.taught[index]!);
  return {
    set,
    workloads: later.length,
    without: countAll(later, raw),
    taught,
    control: countAll(later, raw, thresholdFor(later, raw, taught.falseAlarms)),
    alone: { without: countAll(later, raw, 1, isAlone), taught: countAll(later, (run) => run.taught[index]!, 1, isAlone) },
  };
};

const judgeMissed = (runs: readonly WorkloadRun[], set: VerdictSet, index: number, laterDays: number): MissedFigures => {
  const later = runs.flatMap((run) => laterTime(run, set.count, laterDays) ?? []);
  const column = (run: WorkloadRun): Float64Array => run.taught[index]!;
  const { falseAlarms } = countAll(later, raw);
  const atEqual = (of: (run: WorkloadRun) => Float64Array): Counts => countAll(later, of, thresholdFor(later, of, falseAlarms), isFaint);
  return {
    set,
    workloads: later.length,
    falseAlarms,
    taught: countAll(later, column, 1, isFaint),
    equalWithout: atEqual(raw),
    equalTaught: atEqual(column),
  };
};

/** Simulates, teaches and judges the workloads of one cluster. Yields after each workload, so that others get a turn. */
export function* judgeCluster(options: ClusterOptions): Generator<number, ClusterFigures> {
  const { jobWorkloads, faintWorkloads, laterDays } = options;
  const jobs: WorkloadRun[] = [];
  const faint: WorkloadRun[] = [];
  for (let index = 0; index < jobWorkloads; index++) {
    jobs.push(runWorkload({ ...options, index, repeats: 'job' }));
    yield jobs.length;
  }
  for (let index = 0; index < faintWorkloads; index++) {
    faint.push(runWorkload({ ...options, index, repeats: 'faint' }));
    yield jobs.length + faint.length;
  }
  return {
    seed: options.seed,
    jobs: VERDICT_SETS.map((set, index) => judgeSet(jobs, set, index, laterDays)),
    missed: VERDICT_SETS.flatMap((set, index) => (set.errs || faintWorkloads === 0 ? [] : [judgeMissed(faint, set, index, laterDays)])),
  };
}
