import type { Random } from '../../platform/index.ts';
import { type ControllerContext, drainNode, livePods, newRevision, rollOut, scaleTo, spawnPod, standingPods } from './controllers.ts';
import { forkRandom, pick } from './draws.ts';
import type { NodeState } from './node.ts';
import { exitContainer, type Pod } from './pod.ts';
import { applyNightlyBatch, applyToPod, drawStrength, type Strength } from './scenario-strength.ts';
import { type PlannedEvent, type ScenarioDefinition, type SimulatedEvent, scenarioOf } from './scenarios.ts';
import { affectedBy, keyOfNode, keyOfWorkload } from './spread.ts';
import { visibleMemory, type WorkloadState } from './workload.ts';

/** An event that has begun. */
interface Incident {
  readonly event: SimulatedEvent;
  readonly definition: ScenarioDefinition;
  readonly strength: Strength;
  /** Of the target workload; absent for node events. */
  readonly workload: WorkloadState | undefined;
  readonly node: number;
  /** Pods it befalls; undefined = all of the workload. */
  readonly pods: ReadonlySet<Pod> | undefined;
  over: boolean;
  /** Since when a slow one has been outside its band without a break. */
  outsideSinceMs: number;
}

export interface Incidents {
  /** Begins what is due before `toMs`, acts on what is active, ends what is over. Call once per step before the pods. */
  advance(fromMs: number, toMs: number): void;
  /** Adds to the plan; a start in the past means now. */
  add(event: PlannedEvent): void;
  /** Everything that has begun so far, in order of its start. */
  readonly truth: readonly SimulatedEvent[];
  /** Whether a leak makes this workload's memory no yardstick. */
  isLeaking(workload: WorkloadState): boolean;
}

const shareOfStep = (event: SimulatedEvent, fromMs: number, toMs: number): number =>
  Math.max(0, Math.min(event.endMs, toMs) - Math.max(event.startMs, fromMs)) / (toMs - fromMs);

/** A garbage collector brings memory back into the band for moments; only what stays out is out. */
const STAYS_OUT_MS = 600_000;

export const createIncidents = (context: ControllerContext, seed: number, plan: readonly PlannedEvent[]): Incidents => {
  const random: Random = forkRandom(seed, 'incidents');
  const waiting = [...plan].sort((a, b) => a.startMs - b.startMs);
  const active: Incident[] = [];
  const truth: SimulatedEvent[] = [];
  const { workloads, nodes } = context;

  const choosePods = (definition: ScenarioDefinition, workload: WorkloadState, atMs: number): ReadonlySet<Pod> | undefined => {
    const live = livePods(workload, atMs).filter((pod) => pod.deletedMs === Number.POSITIVE_INFINITY);
    const one = definition.scope === 'one' || (definition.scope === 'either' && random() < 0.6);
    return one && live.length > 0 ? new Set([pick(random, live)]) : undefined;
  };

  /** A bad release: all pods become new and carry the trouble; one that never gets ready leaves the old ones standing. */
  const beginWithRollout = (definition: ScenarioDefinition, workload: WorkloadState, atMs: number): ReadonlySet<Pod> => {
    if (definition.kind !== 'crash_loop') return new Set(rollOut(workload, context, atMs, 1).pods);
    newRevision(workload, 1);
    return new Set([spawnPod(workload, context, atMs)]);
  };

  const actOnWorkload = (
    definition: ScenarioDefinition,
    workload: WorkloadState,
    strength: Strength,
    startMs: number,
  ): number | undefined => {
    if (definition.kind === 'rollout') return rollOut(workload, context, startMs, strength.releaseCost ?? 1).doneMs + 300_000;
    if (definition.kind === 'new_replica') scaleTo(workload, context, standingPods(workload).length + 1, startMs);
    if (definition.kind === 'traffic_shift') workload.levelTarget *= strength.levelFactor ?? 1;
    return undefined;
  };

  const begin = (planned: PlannedEvent, nowMs: number): void => {
    const definition = scenarioOf(planned.kind);
    const startMs = Math.max(planned.startMs, nowMs);
    const workload = definition.target === 'workload' ? workloads[planned.target] : undefined;
    let pods = workload ? choosePods(definition, workload, startMs) : undefined;
    const live = workload ? livePods(workload, startMs) : [];
    if (workload && live.length === 0) return;
    if (workload && planned.variant === 'rollout') pods = beginWithRollout(definition, workload, startMs);
    const befallen = pods ? [...pods] : live;
    const nodeIndexes = new Set(workload ? befallen.map((pod) => pod.node) : [planned.target]);
    const firstNode = nodes[[...nodeIndexes][0] as number] as NodeState;
    const durationSeconds = (planned.endMs - planned.startMs) / 1000;
    const strength = drawStrength(planned.kind, {
      random,
      workload: workload ?? (workloads[0] as WorkloadState),
      node: firstNode,
      durationSeconds,
    });
    const affects = affectedBy(definition, workload, nodeIndexes, context);
    if (planned.kind === 'node_drain') drainNode(context, planned.target, startMs, planned.endMs);
    const doneMs = workload ? actOnWorkload(definition, workload, strength, startMs) : undefined;
    const event: SimulatedEvent = {
      id: `${planned.kind}-${truth.length + 1}`,
      kind: planned.kind,
      benign: definition.benign,
      ...(planned.variant ? { variant: planned.variant } : {}),
      ...(workload ? keyOfWorkload(workload) : keyOfNode(firstNode)),
      pods: pods ? befallen.map((pod) => pod.name) : [],
      // A release shows nothing bad before its first new container runs.
      startMs: planned.variant === 'rollout' ? Math.min(...befallen.map((pod) => pod.nextStartMs)) : startMs,
      endMs: doneMs ?? planned.endMs + startMs - planned.startMs,
      visibleFromMs: definition.slow ? undefined : startMs,
      first: definition.first,
      metrics: [...definition.first, ...definition.follows],
      affects,
      strength,
    };
    // A counter of a new pod has a rate from its second scrape on: one interval later than one that is known.
    const newCounterMs = planned.variant === 'rollout' && planned.kind === 'miner' ? context.stepSeconds * 1000 : 0;
    if (event.visibleFromMs !== undefined) event.visibleFromMs = event.startMs + newCounterMs;
    truth.push(event);
    active.push({
      event,
      definition,
      strength,
      workload,
      node: planned.target,
      pods,
      over: false,
      outsideSinceMs: Number.POSITIVE_INFINITY,
    });
  };

  const befalls = (incident: Incident, pod: Pod): boolean => incident.pods === undefined || incident.pods.has(pod);

  const crash = (incident: Incident, pod: Pod, fromMs: number): void => {
    if (pod.crash || fromMs > incident.event.endMs) return;
    pod.crash = { untilMs: incident.event.endMs, backoffMs: 0 };
    const run = pod.runs.at(-1);
    if (run) exitContainer(pod, Math.max(incident.event.startMs, fromMs, run.startMs + 1000), 'Error');
  };

  const actOnPods = (incident: Incident, workload: WorkloadState, fromMs: number, toMs: number): void => {
    const { event, definition, strength } = incident;
    const share = shareOfStep(event, fromMs, toMs);
    for (const pod of workload.pods) {
      if (!befalls(incident, pod) || pod.deletedMs <= fromMs) continue;
      if (definition.kind === 'crash_loop') crash(incident, pod, fromMs);
      if (definition.kind === 'nightly_batch') applyNightlyBatch(workload, pod, share);
      if (definition.kind === 'restart' && event.startMs >= fromMs) exitContainer(pod, event.startMs, 'Error');
      const sinceMs = Math.max(event.startMs, pod.runs.at(-1)?.startMs ?? event.startMs);
      applyToPod(definition.kind, strength, share, Math.max(0, toMs - sinceMs) / 1000, pod.effect);
    }
    if (definition.kind === 'flood') workload.surge *= 1 + share * ((strength.demandFactor ?? 1) - 1);
    if (definition.kind === 'scale_out') campaign(incident, workload, fromMs);
    if (definition.slow && event.visibleFromMs === undefined) watchMemory(incident, workload, fromMs);
  };

  /** Says since when a leak can be seen by whoever looks at the graph of the last day. Memory is that of the step before, which the last scrape showed. */
  const watchMemory = (incident: Incident, workload: WorkloadState, fromMs: number): void => {
    const { event } = incident;
    const befallen = workload.pods.filter((pod) => befalls(incident, pod) && pod.deletedMs > fromMs);
    const killed = befallen.find((pod) => pod.lastReason === 'OOMKilled' && (pod.runs.at(-1)?.startMs ?? 0) >= event.startMs);
    if (killed) {
      event.visibleFromMs = fromMs;
      return;
    }
    const memory = befallen.map((pod) => pod.memoryBytes).sort((a, b) => a - b);
    const median = memory[memory.length >> 1] ?? 0;
    incident.outsideSinceMs = median > visibleMemory(workload) ? Math.min(incident.outsideSinceMs, fromMs) : Number.POSITIVE_INFINITY;
    if (fromMs - incident.outsideSinceMs >= STAYS_OUT_MS) event.visibleFromMs = incident.outsideSinceMs;
  };

  /** Demand climbs over ten minutes and falls in the last ten; replicas follow both. */
  const campaign = (incident: Incident, workload: WorkloadState, fromMs: number): void => {
    const factor = incident.strength.demandFactor ?? 1;
    const { startMs, endMs } = incident.event;
    const climb = Math.max(0, Math.min(1, (fromMs - startMs) / 600_000, (endMs - fromMs) / 600_000));
    workload.surge *= 1 + (factor - 1) * climb;
    const replicas = Math.ceil(workload.plan.replicas * factor);
    const standing = standingPods(workload).length;
    if (fromMs - startMs > 150_000 && endMs - fromMs > 300_000 && standing < replicas) scaleTo(workload, context, replicas, fromMs);
  };

  const end = (incident: Incident, atMs: number): void => {
    const { workload, definition, event } = incident;
    incident.over = true;
    if (!workload) return;
    for (const pod of workload.pods) {
      if (definition.kind === 'crash_loop' && befalls(incident, pod) && pod.crash) {
        pod.crash = undefined;
        pod.nextStartMs = Math.min(pod.nextStartMs, atMs + 1000);
      }
    }
    if (definition.kind === 'scale_out' || definition.kind === 'new_replica') scaleTo(workload, context, workload.plan.replicas, atMs);
    if (event.variant === 'rollout' && definition.kind === 'crash_loop' && incident.pods)
      for (const pod of incident.pods) pod.deletedMs = atMs + 1000;
  };

  const act = (incident: Incident, fromMs: number, toMs: number): void => {
    const { event, definition, workload } = incident;
    const ownPods = incident.pods ? [...incident.pods] : [];
    // A compromised pod that is evicted takes the trouble with it.
    if (ownPods.length > 0 && ownPods.every((pod) => pod.deletedMs <= fromMs)) event.endMs = Math.min(event.endMs, fromMs);
    if (event.endMs <= fromMs) {
      end(incident, fromMs);
      return;
    }
    if (workload) {
      actOnPods(incident, workload, fromMs, toMs);
      return;
    }
    const node = nodes[incident.node] as NodeState;
    const share = shareOfStep(event, fromMs, toMs);
    if (definition.kind === 'noisy_neighbour') node.effect.hogCores += (incident.strength.hogCores ?? 0) * share;
    if (definition.kind === 'disk_pressure') node.effect.diskBusy += (incident.strength.diskBusy ?? 0) * share;
  };

  return {
    truth,
    add: (event) => {
      waiting.push(event);
      waiting.sort((a, b) => a.startMs - b.startMs);
    },
    advance: (fromMs, toMs) => {
      while (waiting[0] && waiting[0].startMs < toMs) begin(waiting.shift() as PlannedEvent, fromMs);
      for (const incident of active) act(incident, fromMs, toMs);
      for (let i = active.length - 1; i >= 0; i--) if (active[i]?.over) active.splice(i, 1);
    },
    isLeaking: (workload) => active.some((incident) => incident.workload === workload && incident.definition.kind === 'leak'),
  };
};
