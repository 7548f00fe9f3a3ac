import type { FrameLayout } from '../conventions/index.ts';
import { fillProfileRange, profileRange } from './daily-profile.ts';
import { type Detector, type DetectorInput, NO_MEMORY } from './detector.ts';
import { SLOT } from './metric-slots.ts';
import { ENTITY, metricSlot, type ScoredMetric, scoredColumns } from './workload-state.ts';

/** CPU of this many times the most of the past is no busy hour; what load explains is taken out before. */
const TIMES = 3;
/** Below this many cores more, a factor says nothing. */
const LEAST_CORES = 0.5;
/** How long it has to last: a start, a compilation of hot code, a collection of garbage is shorter. At least two samples. */
const LASTS_SECONDS = 60;
/** Samples of the past before a verdict, and the blocks in which the most of the past is kept. */
const LEAST_SAMPLES = 30;
const BLOCKS = 24;
const BLOCK_SECONDS = 3600;
/** The last minutes are no yardstick yet: rates take as long to climb as the window they are over. */
const YOUNG_SECONDS = 180;
/** It was said; the baseline goes on telling how it goes on. */
const SAID_SECONDS = 900;
const VALUE = 1.1;

/** Doubles: samples seen, the running block, when the surge began (0 = none), the most of the past then, the running stretch of minutes. Floats: the most of each hour, of the stretch of minutes before and of the running one. */
const SEEN = 0;
const RUNNING = 1;
const SINCE = 2;
const BEFORE = 3;
const STRETCH = 4;
const SLOTS = 5;

/** A job has no usual level. */
const RUN_TO_COMPLETION = new Set(['Job', 'CronJob']);

const isCpu = ({ name, unit }: ScoredMetric): boolean => unit === 'cores' && /cpu.*usage/.test(name);
const columns = new WeakMap<FrameLayout, number>();
const cpuMetric = (layout: FrameLayout): number => {
  let metric = columns.get(layout);
  if (metric === undefined) {
    metric = scoredColumns(layout).metrics.findIndex(isCpu);
    columns.set(layout, metric);
  }
  return metric;
};

/** The most of the last day but for its last minutes. */
const advance = ({ state, seconds, doublesAt, floatsAt }: DetectorInput): number => {
  const d = state.doubles;
  const block = Math.floor(seconds / BLOCK_SECONDS);
  const mosts = state.floats.subarray(floatsAt, floatsAt + BLOCKS);
  const young = state.floats.subarray(floatsAt + BLOCKS, floatsAt + BLOCKS + 2);
  if (block !== d[doublesAt + RUNNING]) {
    for (let b = Math.max(d[doublesAt + RUNNING]! + 1, block - BLOCKS + 1); b <= block; b++) mosts[b % BLOCKS] = 0;
    d[doublesAt + RUNNING] = block;
  }
  const stretch = Math.floor(seconds / YOUNG_SECONDS);
  if (stretch !== d[doublesAt + STRETCH]) {
    mosts[block % BLOCKS] = Math.max(mosts[block % BLOCKS]!, young[0]!);
    young[0] = young[1]!;
    young[1] = 0;
    d[doublesAt + STRETCH] = stretch;
  }
  return mosts.reduce((most, x) => Math.max(most, x), 0);
};

const keep = ({ state, floatsAt }: DetectorInput, x: number): void => {
  const running = floatsAt + BLOCKS + 1;
  state.floats[running] = Math.max(state.floats[running]!, x);
};

/**
 * A process that takes several times the CPU that the workload took at any time of the last day, and keeps it for a minute: a miner, a runaway loop.
 * It needs no history of days, which is what the bar of a young workload lacks. Load, a release, and what earlier days know of this hour explain it.
 */
export const createCpuSurgeDetector = (): Detector => ({
  id: 'cpu_surge',
  memory: (layout) => (cpuMetric(layout) >= 0 ? { doubles: SLOTS, floats: BLOCKS + 2 } : NO_MEMORY),
  observe(input) {
    const { frame, seconds, state, analysis, doublesAt: at } = input;
    const metric = cpuMetric(frame.layout);
    if (metric < 0 || RUN_TO_COMPLETION.has(frame.key.workloadKind)) return undefined;
    const x = analysis.values[metric]!;
    if (!Number.isFinite(x)) return undefined;
    const d = state.doubles;
    const most = advance(input);
    const seen = d[at + SEEN]!;
    d[at + SEEN] = seen + 1;
    fillProfileRange(state, metric, seconds, seconds - d[metricSlot(state, metric) + SLOT.firstSeconds]!);
    const before = d[at + SINCE] === 0 ? most : d[at + BEFORE]!;
    const usual = Math.max(before, profileRange.high) * Math.max(1, analysis.load);
    const isSurge =
      seen >= LEAST_SAMPLES &&
      most > 0 &&
      x >= TIMES * usual &&
      x - usual >= LEAST_CORES &&
      !(d[at + SINCE] === 0 && seconds < d[ENTITY.dampedUntil]!);
    if (!isSurge || (d[at + SINCE] !== 0 && seconds - d[at + SINCE]! > SAID_SECONDS)) {
      d[at + SINCE] = 0;
      keep(input, x);
      return undefined;
    }
    if (d[at + SINCE] === 0) {
      d[at + SINCE] = seconds;
      d[at + BEFORE] = most;
    }
    if (seconds - d[at + SINCE]! < Math.max(LASTS_SECONDS, state.stepSeconds)) return undefined;
    const { name, unit } = state.metrics[metric]!;
    const r = analysis.residuals[metric]!;
    return {
      detector: 'cpu_surge',
      value: VALUE,
      contributors: [
        {
          metric: name,
          contribution: 1,
          observed: x,
          expected: r.ready ? r.expected[0]! : before,
          lower: 0,
          upper: TIMES * usual,
          unit,
          detector: 'cpu_surge',
        },
      ],
    };
  },
});
