import { nameSuffix } from './draws.ts';
import type { NodeState } from './node.ts';
import { createPod, exitContainer, type Pod, type PodSeat } from './pod.ts';
import type { WorkloadState } from './workload.ts';

/** What controllers need of the rest of the cluster. */
export interface ControllerContext {
  readonly workloads: readonly WorkloadState[];
  readonly nodes: readonly NodeState[];
  readonly stepSeconds: number;
  /** The next free pod address. */
  nextIp(): string;
}

const isAlive = (pod: Pod, timeMs: number): boolean => pod.createdMs <= timeMs && pod.deletedMs > timeMs;

/** Pods that exist and are not about to be deleted. */
export const standingPods = (workload: WorkloadState): Pod[] => workload.pods.filter((pod) => pod.deletedMs === Number.POSITIVE_INFINITY);

/** Pods that exist at a time. */
export const livePods = (workload: WorkloadState, timeMs: number): Pod[] => workload.pods.filter((pod) => isAlive(pod, timeMs));

/** The open node whose pods usually use the smallest part of it; a workload's second pod avoids the first one's node where it can. */
const chooseNode = (workload: WorkloadState, context: ControllerContext, timeMs: number): number => {
  const load = context.nodes.map(() => 0);
  for (const other of context.workloads) {
    for (const pod of other.pods) {
      if (pod.deletedMs <= timeMs) continue;
      const sibling = other === workload ? 0.15 : 0;
      load[pod.node] = (load[pod.node] as number) + other.usual.cores / (context.nodes[pod.node] as NodeState).plan.cores + sibling;
    }
  }
  let best = 0;
  let bestLoad = Number.POSITIVE_INFINITY;
  context.nodes.forEach((node, index) => {
    const weighed = (load[index] as number) + (node.cordonedUntilMs > timeMs ? 1e6 : 0);
    if (weighed < bestLoad) [best, bestLoad] = [index, weighed];
  });
  return best;
};

const templateHash = (workload: WorkloadState): string => {
  let hash = workload.templateHashes[workload.revision];
  if (hash === undefined) {
    hash = nameSuffix(workload.random, 10);
    workload.templateHashes[workload.revision] = hash;
    workload.releaseCosts[workload.revision] ??= 1;
  }
  return hash;
};

type Name = Pick<PodSeat, 'name' | 'owner'>;

const namePod = (workload: WorkloadState, atMs: number, ordinal: number): Name => {
  const { plan, random } = workload;
  const hash = templateHash(workload);
  switch (plan.kind) {
    case 'Deployment':
      return { name: `${plan.name}-${hash}-${nameSuffix(random, 5)}`, owner: { kind: 'ReplicaSet', name: `${plan.name}-${hash}` } };
    case 'StatefulSet':
      return { name: `${plan.name}-${ordinal}`, owner: { kind: 'StatefulSet', name: plan.name } };
    case 'DaemonSet':
      return { name: `${plan.name}-${nameSuffix(random, 5)}`, owner: { kind: 'DaemonSet', name: plan.name } };
    case 'CronJob': {
      // The CronJob controller names a Job by the minute it was due.
      const job = `${plan.name}-${Math.floor(atMs / 60_000)}`;
      return { name: `${job}-${nameSuffix(random, 5)}`, owner: { kind: 'Job', name: job } };
    }
    case 'Job':
      return { name: `${plan.name}-${nameSuffix(random, 5)}`, owner: { kind: 'Job', name: plan.name } };
  }
};

/** Image pull and start, then readiness. */
const START_MS = [2000, 12_000] as const;
const READY_MS = [6000, 20_000] as const;

/** Creates a pod at a time that may lie in the future. `node` pins it (DaemonSets). */
export const spawnPod = (workload: WorkloadState, context: ControllerContext, atMs: number, ordinal = 0, node?: number): Pod => {
  const { random } = workload;
  const startMs = atMs + START_MS[0] + random() * (START_MS[1] - START_MS[0]);
  const pod = createPod(
    workload.plan,
    {
      ...namePod(workload, atMs, ordinal),
      ip: context.nextIp(),
      node: node ?? chooseNode(workload, context, atMs),
      revision: workload.revision,
      createdMs: atMs,
      startMs,
      readyMs: startMs + READY_MS[0] + random() * (READY_MS[1] - READY_MS[0]),
    },
    context.stepSeconds,
  );
  workload.pods.push(pod);
  return pod;
};

/** A pod's place in a StatefulSet. */
const ordinalOf = (pod: Pod): number => Number(pod.name.slice(pod.name.lastIndexOf('-') + 1));

/** Graceful end: traffic leaves, the process gets SIGTERM. */
const GRACE_MS = 2000;

/** Takes a pod's place: first the new, then the old (Deployment), or the other way round (one name, one node, one pod). */
const replacePod = (workload: WorkloadState, context: ControllerContext, old: Pod, atMs: number): Pod => {
  if (workload.plan.kind === 'Deployment') {
    const next = spawnPod(workload, context, atMs);
    old.deletedMs = next.readyMs + GRACE_MS;
    return next;
  }
  old.deletedMs = atMs + GRACE_MS;
  const pinned = workload.plan.kind === 'DaemonSet' ? old.node : undefined;
  return spawnPod(workload, context, old.deletedMs + 1000, workload.plan.kind === 'StatefulSet' ? ordinalOf(old) : 0, pinned);
};

/** Begins a new release. `cost` is its CPU per request relative to the one before. */
export const newRevision = (workload: WorkloadState, cost: number): void => {
  const before = workload.releaseCosts[workload.revision] ?? 1;
  workload.revision++;
  workload.releaseCosts[workload.revision] = before * cost;
  templateHash(workload);
};

/** Replaces all pods, one after the other. Gives the new pods and the time when the last old one has gone. */
export const rollOut = (
  workload: WorkloadState,
  context: ControllerContext,
  atMs: number,
  cost: number,
): { pods: Pod[]; doneMs: number } => {
  newRevision(workload, cost);
  const pods: Pod[] = [];
  let timeMs = atMs;
  for (const old of standingPods(workload)) {
    const next = replacePod(workload, context, old, timeMs);
    pods.push(next);
    timeMs = next.readyMs + 1000;
  }
  return { pods, doneMs: timeMs };
};

/** Adds or removes replicas. New pods come at once, old ones leave youngest first, as the ReplicaSet controller does. */
export const scaleTo = (workload: WorkloadState, context: ControllerContext, replicas: number, atMs: number): void => {
  const standing = standingPods(workload).sort((a, b) => a.createdMs - b.createdMs);
  workload.replicas = replicas;
  for (let i = standing.length; i < replicas; i++) spawnPod(workload, context, atMs + 300 * (i - standing.length), i);
  for (const pod of standing.slice(replicas)) pod.deletedMs = atMs + GRACE_MS;
};

/** Evicts all pods of a node but those of DaemonSets, some seconds apart. Gives the workloads that were moved. */
export const drainNode = (context: ControllerContext, node: number, atMs: number, untilMs: number): WorkloadState[] => {
  (context.nodes[node] as NodeState).cordonedUntilMs = untilMs;
  const moved: WorkloadState[] = [];
  let timeMs = atMs;
  for (const workload of context.workloads) {
    if (workload.plan.kind === 'DaemonSet' || workload.plan.kind === 'CronJob' || workload.plan.kind === 'Job') continue;
    const evicted = standingPods(workload).filter((pod) => pod.node === node && pod.createdMs <= atMs);
    for (const pod of evicted) {
      replacePod(workload, context, pod, timeMs);
      timeMs += 4000;
    }
    if (evicted.length > 0) moved.push(workload);
  }
  return moved;
};

const MINUTE_MS = 60_000;
/** Pods of finished Jobs stay until the next runs push them out of the history (limit 3). */
const KEPT_RUNS = 3;

/** Starts the runs of a CronJob that are due, ends those that are done, and forgets old ones. A Job runs once, some hours in. */
export const runBatchKinds = (workload: WorkloadState, context: ControllerContext, fromMs: number, toMs: number): void => {
  const { plan, random } = workload;
  if (plan.kind !== 'CronJob' && plan.kind !== 'Job') return;
  const every = plan.cron ? plan.cron.everyMinutes * MINUTE_MS : Number.POSITIVE_INFINITY;
  if (Number.isNaN(workload.nextRunMs)) {
    workload.nextRunMs = plan.cron ? Math.ceil(fromMs / every) * every : fromMs + (2 + 6 * random()) * 60 * MINUTE_MS;
  }
  if (workload.nextRunMs < toMs) {
    spawnPod(workload, context, workload.nextRunMs);
    workload.nextRunMs += every;
    const finished = workload.pods.filter(
      (pod) => pod.nextStartMs === Number.POSITIVE_INFINITY && pod.runs.at(-1)?.endReason === 'Completed',
    );
    for (const pod of finished.slice(0, Math.max(0, finished.length - KEPT_RUNS))) pod.deletedMs = fromMs;
  }
  const lasts = (plan.cron?.runSeconds ?? 1200) * 1000;
  for (const pod of workload.pods) {
    const run = pod.runs.at(-1);
    // Runs differ by up to 40 % in length, each by its own identity.
    const endMs = run ? run.startMs + lasts * (0.8 + 0.4 * (Number.parseInt(pod.uid.slice(0, 2), 16) / 255)) : Number.POSITIVE_INFINITY;
    if (endMs < toMs) exitContainer(pod, Math.max(fromMs, endMs), 'Completed');
  }
};

const SMOOTH_SECONDS = 120;
/** kube-controller-manager: tolerance of 10 %, and five minutes before it scales down. */
const TOLERANCE = 0.1;
const DOWNSCALE_STABILIZATION_MS = 300_000;

/** A HorizontalPodAutoscaler on the load per pod. */
export const autoscale = (workload: WorkloadState, context: ControllerContext, timeMs: number): void => {
  const bounds = workload.plan.autoscale;
  workload.smoothedDemand += (workload.relativeDemand - workload.smoothedDemand) * (1 - Math.exp(-context.stepSeconds / SMOOTH_SECONDS));
  if (!bounds) return;
  const perPod = (workload.smoothedDemand * workload.plan.replicas) / workload.replicas;
  const wanted = Math.min(bounds.maxReplicas, Math.max(bounds.minReplicas, Math.ceil(workload.replicas * perPod)));
  if (wanted >= workload.replicas) workload.fewerSinceMs = Number.POSITIVE_INFINITY;
  if (wanted > workload.replicas && perPod > 1 + TOLERANCE) scaleTo(workload, context, wanted, timeMs);
  if (wanted < workload.replicas && perPod < 1 - TOLERANCE) {
    workload.fewerSinceMs = Math.min(workload.fewerSinceMs, timeMs);
    if (timeMs - workload.fewerSinceMs >= DOWNSCALE_STABILIZATION_MS) {
      scaleTo(workload, context, workload.replicas - 1, timeMs);
      workload.fewerSinceMs = timeMs;
    }
  }
};
