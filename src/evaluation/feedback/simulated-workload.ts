import type { WorkloadFrame, WorkloadKey } from '../../conventions/index.ts';
import { type Random, seededRandom } from '../../platform/index.ts';
import { applyOccurrences, drawFaint, drawFault, drawJob, FAULTS, type Occurrence, runOf } from './occurrence.ts';
import { createHealthyValues, SIMULATED_LAYOUT } from './simulated-metrics.ts';

const DAY = 86_400;
/** Wednesday, 4 March 2026. */
const FIRST_SECONDS = 1_772_582_400;
/** Nothing happens on the first two days: the scorer gets to know the workload. */
const QUIET_DAYS = 2;
/** One fault in that many days, and part of them begins while a job is running. */
const DAYS_PER_FAULT = 3;
const DURING_JOB = 0.05;
/** Runs of the repeating pattern per day, at no fixed time: rare enough that nobody gets used to it, scorers included. */
const RUNS_PER_DAY = 0.7;
const LEAST_GAP = 3600;

export interface SimulatedWorkloadOptions {
  readonly seed: number;
  readonly index: number;
  readonly days: number;
  readonly stepSeconds: number;
  /** What repeats: benign jobs, or faults too faint for the bar. */
  readonly repeats: 'job' | 'faint';
}

/** A workload from its first step to its last, with the truth. */
export interface SimulatedWorkload {
  readonly key: WorkloadKey;
  readonly occurrences: readonly Occurrence[];
  frames(): Generator<WorkloadFrame>;
}

/** One Poisson process: times at a mean distance. */
const times = (random: Random, fromSeconds: number, toSeconds: number, meanGap: number): number[] => {
  const found: number[] = [];
  for (let at = fromSeconds; ; ) {
    at -= meanGap * Math.log(1 - random());
    if (at >= toSeconds) return found;
    found.push(at);
  }
};

const planOccurrences = (random: Random, { days, repeats }: SimulatedWorkloadOptions): Occurrence[] => {
  const from = FIRST_SECONDS + QUIET_DAYS * DAY;
  const to = FIRST_SECONDS + days * DAY;
  const pattern = repeats === 'job' ? drawJob(random) : drawFaint(random);
  const runs = times(random, from, to, DAY / RUNS_PER_DAY).map((at) => runOf(repeats, pattern, at, random));
  const kinds = FAULTS.map((kind) => ({ kind, at: random() })).sort((a, b) => a.at - b.at);
  const faults = times(random, from, to, DAYS_PER_FAULT * DAY).map((at, i) => {
    const { kind } = kinds[i % kinds.length]!;
    const run = runs[Math.floor(random() * runs.length)];
    const hides = repeats === 'job' && run !== undefined && random() < DURING_JOB;
    return drawFault(kind, hides ? run.fromSeconds + random() * (run.toSeconds - run.fromSeconds) * 0.8 : at, random);
  });
  // Runs do not follow each other within the hour, and neither do faults.
  const spaced = (list: readonly Occurrence[]): Occurrence[] =>
    list
      .toSorted((a, b) => a.fromSeconds - b.fromSeconds)
      .filter((one, i, all) => i === 0 || one.fromSeconds - all[i - 1]!.toSeconds >= LEAST_GAP);
  return [...spaced(runs), ...spaced(faults)].sort((a, b) => a.fromSeconds - b.fromSeconds);
};

/** Simulates a workload at the level of its metrics. The same options give the same workload. */
export const simulateWorkload = (options: SimulatedWorkloadOptions): SimulatedWorkload => {
  const { seed, index, days, stepSeconds } = options;
  const key = { namespace: 'sim', workload: `${options.repeats}-${index}`, workloadKind: 'Deployment' };
  // Workloads of one cluster have sequences of their own.
  const random = seededRandom(Math.imul(seed, 1_000_003) + index);
  const occurrences = planOccurrences(random, options);
  const valueSeed = Math.floor(random() * 2 ** 32);
  return {
    key,
    occurrences,
    *frames() {
      const healthy = createHealthyValues(seededRandom(valueSeed), stepSeconds);
      let next = 0;
      let active: Occurrence[] = [];
      for (let step = 1; step <= (days * DAY) / stepSeconds; step++) {
        const seconds = FIRST_SECONDS + step * stepSeconds;
        while (next < occurrences.length && occurrences[next]!.fromSeconds < seconds) active.push(occurrences[next++]!);
        active = active.filter(({ toSeconds }) => toSeconds > seconds - stepSeconds);
        const values = healthy(seconds);
        applyOccurrences(values, active, seconds, stepSeconds);
        yield { key, timeMs: seconds * 1000, layout: SIMULATED_LAYOUT, values, replicas: 1 };
      }
    },
  };
};
