// CPU and memory of scoring with a trained-size encoder: a tick of N workloads with 8 metrics each; [--workloads N] [--ticks N]
import { parseArgs } from 'node:util';
import type { FrameLayout, WorkloadFrame } from '../src/conventions/index.ts';
import {
  buildEncoder,
  buildEncoderTraining,
  createModelSession,
  createWindowEncoder,
  initialWeights,
  spawnSessionThread,
} from '../src/learning/index.ts';
import { seededRandom, systemClock } from '../src/platform/index.ts';
import { createScorer } from '../src/scoring/index.ts';
import { measure, median, printBar, printHead } from './report.ts';

const SEED = 1;
const METRICS = 8;
const STEP_SECONDS = 30;
/** Ticks before the clock: banks must hold something to be searched. */
const WARM_UP = 40;
/** Of the issue: for 10,000 workloads; it is scaled to the number that is run. */
const BARS = { workloads: 10_000, cpuMs: 4000, bytes: 2 ** 30 } as const;

const { values: flags } = parseArgs({
  options: { workloads: { type: 'string', default: '10000' }, ticks: { type: 'string', default: '5' } },
});
const workloads = Number(flags.workloads);
const share = workloads / BARS.workloads;

const training = { dataSha256: '0'.repeat(64), licence: 'none', windows: 0, seed: SEED, steps: 0, metrics: {} };
const built = buildEncoder(initialWeights(buildEncoderTraining(1).parameters, seededRandom(SEED)), 'untrained', training);
await printHead({
  bench: 'encoder',
  seed: SEED,
  inputs: [{ name: 'random frames', source: { text: `seed ${SEED}, ${workloads} workloads, ${METRICS} metrics, step ${STEP_SECONDS}` } }],
});
const session = await createModelSession(
  { clock: systemClock, spawn: spawnSessionThread },
  { model: built.model, threads: 1, maxQueue: 2, timeoutMs: 120_000 },
);
const encoder = createWindowEncoder(built.manifest, session);
const layout: FrameLayout = {
  version: 'bench',
  features: Array.from({ length: METRICS }, (_, i) => ({ name: `m${i}`, unit: '', unitClass: 'other' })),
};
const keys = Array.from({ length: workloads }, (_, i) => ({ namespace: 'bench', workload: `w${i}`, workloadKind: 'Deployment' }));
const random = seededRandom(SEED);
const framesAt = (tick: number): WorkloadFrame[] =>
  keys.map((key) => ({
    key,
    timeMs: tick * STEP_SECONDS * 1000,
    layout,
    values: Float64Array.from({ length: METRICS }, () => 10 + random()),
    replicas: 1,
  }));

const timesOf = async (name: string, scorer: ReturnType<typeof createScorer>): Promise<number> => {
  const cpu: number[] = [];
  for (let tick = 0; tick < WARM_UP + Number(flags.ticks); tick++) {
    const frames = framesAt(tick);
    const { cpuMs } = await measure(async () => scorer.refine(scorer.score(frames)));
    if (tick >= WARM_UP) cpu.push(cpuMs);
  }
  printBar({ name: `${name}, state`, value: scorer.stateBytes / 2 ** 20, unit: 'MiB', atMost: (share * BARS.bytes) / 2 ** 20 });
  return median(cpu);
};

const alone = await timesOf('without encoder', createScorer({ stepSeconds: STEP_SECONDS, bank: true, seed: SEED }));
printBar({ name: 'without encoder, a tick, CPU of all threads', value: alone, unit: 'ms' });
const joint = createScorer({ stepSeconds: STEP_SECONDS, bank: true, seed: SEED, learned: { encoder, mode: 'on' } });
const cpuMs = await timesOf('with encoder', joint);
const isReached = printBar({ name: 'with encoder, a tick, CPU of all threads', value: cpuMs, unit: 'ms', atMost: share * BARS.cpuMs });
printBar({ name: 'inside the runtime', value: session.stats.lastRunMs, unit: 'ms' });
await session.close();
process.exitCode = isReached ? 0 : 1;
