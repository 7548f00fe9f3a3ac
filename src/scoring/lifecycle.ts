import type { Contributor, FrameLayout, LifecycleSignals } from '../conventions/index.ts';
import { countsRestarts } from '../features/index.ts';
import type { Detector, DetectorInput } from './detector.ts';

/** Slots of the memory. */
const RESTARTS = 0;
const UPDATED = 1;
const WAITING_FRAMES = 2;
const SINCE = 3;
const LAST_BAD = 4;
const OOM_UNTIL = 5;
const LAST_RESTART = 6;
const LAST_WAITING = 7;
const SLOTS = 8;

/** Restarts fade with this time constant: three in a quarter of an hour are a loop, one an hour is not. */
const RESTART_MEMORY_SECONDS = 900;
/** A replica restarts no more often than this between two frames; more is a counter gone wrong, which must not be remembered for days. */
const MOST_RESTARTS = 10;
/** Two restarts within minutes; in large workloads a tenth of the pods. */
const LOOP_RESTARTS = 1.8;
const LOOP_SHARE = 0.1;
/** The longest pause between restarts of a loop is Kubernetes' back-off of five minutes; after that it has ended. */
const LOOP_PAUSE_SECONDS = 330;
/** Where the back-off itself was seen, its absence says that the container runs: a loop is over sooner. */
const RUNNING_PAUSE_SECONDS = 150;
/** A condition that has lasted this long was said: it stays visible just below the boundary. */
const CHRONIC_SECONDS = 6 * 3600;
const CHRONIC_VALUE = 0.95;
/** A condition that paused for this long has ended. */
const PAUSE_SECONDS = 1800;
/** An OOM kill stays said for as long as the shipped rule's window. */
const OOM_SECONDS = 300;
/** Waiting reasons other than a crash loop must last this many frames: images are pulled, volumes are mounted. */
const WAITING_PATIENCE = 3;

const VALUES = { crashLoop: 1.3, oom: 1.2, waiting: 1.1, restart: 0.6 } as const;

const contributor = (metric: string, observed: number, upper: number, unit: string): Contributor => ({
  metric,
  contribution: 1,
  observed,
  expected: 0,
  lower: 0,
  upper,
  unit,
  detector: 'lifecycle',
});

/** Recordings have a name of their own for the counter. */
const names = new WeakMap<FrameLayout, string>();
const restartsName = (layout: FrameLayout): string => {
  let name = names.get(layout);
  if (name === undefined) {
    name = layout.features.find((feature) => countsRestarts(feature.name))?.name ?? 'container_restarts';
    names.set(layout, name);
  }
  return name;
};

interface Finding {
  readonly value: number;
  readonly contributor: Contributor;
}

const judge = (
  signals: LifecycleSignals,
  { frame: { layout, replicas }, seconds }: DetectorInput,
  d: Float64Array,
  at: number,
): Finding | undefined => {
  const looping = signals.waiting.CrashLoopBackOff ?? 0;
  const restarts = d[at + RESTARTS]!;
  const limit = Math.max(LOOP_RESTARTS, LOOP_SHARE * replicas);
  if (signals.oomKills > 0) d[at + OOM_UNTIL] = seconds + OOM_SECONDS;
  const oom = seconds < d[at + OOM_UNTIL]!;
  if (looping > 0) d[at + LAST_WAITING] = seconds;
  const pause = seconds - d[at + LAST_WAITING]! <= 2 * LOOP_PAUSE_SECONDS ? RUNNING_PAUSE_SECONDS : LOOP_PAUSE_SECONDS;
  if (looping > 0 || (restarts >= limit && seconds - d[at + LAST_RESTART]! <= pause)) {
    return { value: VALUES.crashLoop, contributor: contributor(restartsName(layout), Math.max(restarts, looping), limit, 'restarts') };
  }
  if (oom) return { value: VALUES.oom, contributor: contributor('container_oom_kills', Math.max(1, signals.oomKills), 1, 'kills') };
  const waiting = Object.entries(signals.waiting).sort((a, b) => b[1] - a[1])[0];
  d[at + WAITING_FRAMES] = waiting && waiting[1] > 0 ? d[at + WAITING_FRAMES]! + 1 : 0;
  if (waiting && d[at + WAITING_FRAMES]! >= WAITING_PATIENCE) {
    return { value: VALUES.waiting, contributor: contributor(`container_waiting_${waiting[0]}`, waiting[1], 1, 'containers') };
  }
  if (restarts >= 0.5) return { value: VALUES.restart, contributor: contributor(restartsName(layout), restarts, limit, 'restarts') };
  return undefined;
};

/** Quiets a condition that has been above the boundary without a pause for hours. */
const withoutChronic = (value: number, d: Float64Array, at: number, seconds: number): number => {
  if (value < 1) return value;
  if (seconds - d[at + LAST_BAD]! > PAUSE_SECONDS) d[at + SINCE] = seconds;
  d[at + LAST_BAD] = seconds;
  return seconds - d[at + SINCE]! > CHRONIC_SECONDS ? CHRONIC_VALUE : value;
};

/** Crash loops, OOM kills and containers that cannot start, as kube-state-metrics tells them. Never damped, never learnt away by a rollout. */
export const createLifecycleDetector = (): Detector => ({
  id: 'lifecycle',
  memory: () => ({ doubles: SLOTS, floats: 0 }),
  observe(input: DetectorInput) {
    const { frame, seconds, state, doublesAt: at } = input;
    const signals = frame.lifecycle;
    if (!signals) return undefined;
    const d = state.doubles;
    const elapsed = Math.max(0, seconds - d[at + UPDATED]!);
    const restarts = Math.max(0, Math.min(signals.restarts, MOST_RESTARTS * Math.max(1, frame.replicas)));
    d[at + RESTARTS] = d[at + RESTARTS]! * Math.exp(-elapsed / RESTART_MEMORY_SECONDS) + restarts;
    d[at + UPDATED] = seconds;
    if (signals.restarts > 0) d[at + LAST_RESTART] = seconds;
    const finding = judge(signals, input, d, at);
    if (!finding) return undefined;
    return { detector: 'lifecycle', value: withoutChronic(finding.value, d, at, seconds), contributors: [finding.contributor] };
  },
});
