// What verdicts teach, on clusters of 200 simulated workloads each: hours of CPU. [--seed N] [--clusters N] [--workloads N] [--held-out]: so many of the held-out seeds
import { parseArgs } from 'node:util';
import { formatProof, HELD_OUT_SEEDS, type LearningProof, runFeedback } from '../src/evaluation/index.ts';
import { systemClock } from '../src/platform/index.ts';
import { type Bar, printBar } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    clusters: { type: 'string', default: '20' },
    workloads: { type: 'string', default: '200' },
    'held-out': { type: 'boolean', default: false },
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
const proof = await runFeedback(
  { clock: systemClock, onCluster: ({ seed }) => console.log(`cluster of seed ${seed} done`) },
  { seeds, workloads: Number(flags.workloads) },
);
console.log(formatProof(proof));
if (!judge(proof)) process.exitCode = 1;
