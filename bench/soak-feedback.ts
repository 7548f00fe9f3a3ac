// What verdicts teach, on clusters of 200 simulated workloads each: hours of CPU. [--seed N] [--clusters N] [--workloads N] [--held-out]: so many of the held-out seeds;
// [--figures FILE]: what each cluster gave, one a line; those in it are not run again, so that a run can be continued.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  type ClusterFigures,
  formatProof,
  HELD_OUT_SEEDS,
  type LearningProof,
  proveLearning,
  runFeedback,
} from '../src/evaluation/index.ts';
import { systemClock } from '../src/platform/index.ts';
import { type Bar, printBar } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    clusters: { type: 'string', default: '20' },
    workloads: { type: 'string', default: '200' },
    'held-out': { type: 'boolean', default: false },
    figures: { type: 'string' },
  },
});

/** Percent of the false alarms that have to go after so many verdicts, and points of recall that may. */
const LEAST_DROP: Readonly<Record<number, number>> = { 1: 30, 5: 60, 10: 70 };
const MOST_LOSS = 2;

const judge = ({ sets, missed }: LearningProof): boolean => {
  const bars: Bar[] = sets.flatMap(({ set, drop, loss, overControl }): Bar[] =>
    set.errs
      ? [{ name: `${set.name}: fewer false alarms`, value: 100 * drop.value, unit: '%', atLeast: 0 }]
      : [
          { name: `${set.name}: fewer false alarms`, value: 100 * drop.value, unit: '%', atLeast: LEAST_DROP[set.count] ?? 0 },
          { name: `${set.name}: recall lost`, value: loss.value, unit: 'points', atMost: MOST_LOSS },
          { name: `${set.name}: recall over the control`, value: overControl.value, unit: 'points', atLeast: 0 },
        ],
  );
  const gains = missed.map(
    ({ set, gain }): Bar => ({ name: `${set.name} missed: recall gained`, value: gain.value, unit: 'points', atLeast: 0 }),
  );
  return [...bars, ...gains].map(printBar).every(Boolean);
};

const first = Number(flags.seed);
const seeds = flags['held-out']
  ? HELD_OUT_SEEDS.slice(0, Number(flags.clusters))
  : Array.from({ length: Number(flags.clusters) }, (_, i) => first + i);
const workloads = Number(flags.workloads);

/** A cluster as a line of the file. */
interface KeptCluster {
  readonly workloads: number;
  readonly figures: ClusterFigures;
}

const kept = (path: string | undefined): readonly ClusterFigures[] =>
  path === undefined || !existsSync(path)
    ? []
    : readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as KeptCluster)
        .filter((one) => one.workloads === workloads && seeds.includes(one.figures.seed))
        .map(({ figures }) => figures);

const done = [...kept(flags.figures)];
for (const { seed } of done) console.log(`cluster of seed ${seed} was done before`);
const onCluster = (figures: ClusterFigures): void => {
  done.push(figures);
  if (flags.figures !== undefined) appendFileSync(flags.figures, `${JSON.stringify({ workloads, figures } satisfies KeptCluster)}\n`);
  console.log(`cluster of seed ${figures.seed} done`);
};
const missing = seeds.filter((seed) => !done.some((one) => one.seed === seed));
if (missing.length > 0) await runFeedback({ clock: systemClock, onCluster }, { seeds: missing, workloads });
const proof = proveLearning(done.sort((a, b) => a.seed - b.seed));
console.log(formatProof(proof));
if (!judge(proof)) process.exitCode = 1;
