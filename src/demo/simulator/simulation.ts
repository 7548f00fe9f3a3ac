import type { ClusterPlan } from './cluster-plan.ts';
import { autoscale, type ControllerContext, runBatchKinds, spawnPod } from './controllers.ts';
import { poisson } from './draws.ts';
import { clearEffect } from './effect.ts';
import { createIncidents } from './incidents.ts';
import { clearNodeStep, closeNodeStep, createNode, type NodeState, shareNode, useNode } from './node.ts';
import { noiseProfile } from './noise-profiles.ts';
import { advanceContainer, COUNTER, closeStep, exitContainer, type Pod, runningMs, SANDBOX } from './pod.ts';
import { type PodLoad, planPodStep, usePodStep } from './pod-physics.ts';
import type { PlannedEvent, SimulatedEvent } from './scenarios.ts';
import { createClusterScraper } from './scrape-cluster.ts';
import type { ScrapeBatch, SeriesTable } from './series-table.ts';
import { advanceDemand, createWorkload, demandOf, learnUsual, startHour, type WorkloadState } from './workload.ts';

/** A cluster and the Prometheus that scrapes it, one scrape interval at a time. */
export interface Simulation {
  readonly plan: ClusterPlan;
  readonly stepMs: number;
  /** End of the last step: every sample so far is older. */
  readonly nowMs: number;
  readonly series: SeriesTable;
  /** What has happened so far, in order of its start; ends and `visibleFromMs` may still change while an event lasts. */
  readonly truth: readonly SimulatedEvent[];
  /** Lets one interval pass. The batch's columns are reused by the next call. */
  step(): ScrapeBatch;
  /** Plans a further event; a start in the past means now. */
  add(event: PlannedEvent): void;
}

export interface SimulationOptions {
  /** Scrape interval. Physics moves in the same step. */
  readonly stepMs: number;
  readonly startMs: number;
  readonly events?: readonly PlannedEvent[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;

/** The same plan, options and events give the same samples, on every platform with IEEE arithmetic and the same logarithms. */
export const createSimulation = (plan: ClusterPlan, options: SimulationOptions): Simulation => {
  const { stepMs } = options;
  const stepSeconds = stepMs / 1000;
  const workloads = plan.workloads.map((workload, index) => createWorkload(workload, index, stepSeconds));
  const nodes = plan.nodes.map((node) => createNode(node, plan.seed, stepSeconds));
  let addresses = 0;
  const context: ControllerContext = {
    workloads,
    nodes,
    stepSeconds,
    nextIp: () => {
      addresses++;
      return `10.244.${(addresses >> 8) & 255}.${addresses & 255}`;
    },
  };
  const incidents = createIncidents(context, plan.seed, options.events ?? []);
  const scraper = createClusterScraper(plan, workloads, nodes, stepMs);
  let nowMs = options.startMs;

  /** The cluster has been up for a while when the simulation begins: pods are spread and warm. */
  const boot = (): void => {
    for (const workload of workloads) {
      if (workload.plan.kind === 'CronJob' || workload.plan.kind === 'Job') continue;
      for (let i = 0; i < workload.plan.replicas; i++) {
        spawnPod(workload, context, nowMs - HOUR_MS * (1 + 40 * workload.random()), i, workload.plan.kind === 'DaemonSet' ? i : undefined);
      }
    }
  };

  /** What nobody plans: nightly batches by the clock, lasting shifts by chance. */
  const addOrdinaryEvents = (fromMs: number, toMs: number): void => {
    for (const workload of workloads) {
      const { nightlyBatch, noise } = workload.plan;
      if (nightlyBatch) {
        const dueMs = Math.floor(fromMs / DAY_MS) * DAY_MS + nightlyBatch.hourUtc * HOUR_MS;
        if (dueMs >= fromMs && dueMs < toMs)
          incidents.add({ kind: 'nightly_batch', target: workload.index, startMs: dueMs, endMs: dueMs + nightlyBatch.minutes * MINUTE_MS });
      }
      const shifts = poisson(workload.random, (noiseProfile(noise).shiftsPerDay * stepMs) / DAY_MS);
      if (shifts > 0) incidents.add({ kind: 'traffic_shift', target: workload.index, startMs: fromMs, endMs: fromMs + 30 * MINUTE_MS });
    }
  };

  const prepareWorkload = (workload: WorkloadState, fromMs: number, toMs: number): PodLoad => {
    advanceDemand(workload, workloads, fromMs, stepSeconds);
    let totalWeight = 0;
    let running = 0;
    for (const pod of workload.pods) {
      advanceContainer(pod, fromMs, toMs);
      const balance = pod.noise.balance();
      const alive = pod.deletedMs > fromMs && runningMs(pod, fromMs, toMs) > 0;
      if (alive) running++;
      pod.step.weight = alive && pod.readyMs <= fromMs && !pod.crash ? balance : 0;
      totalWeight += pod.step.weight;
    }
    const requestsPerSecond = demandOf(workload, running);
    return { requestsPerSecond, totalWeight, fromMs, stepSeconds };
  };

  const planPods = (workload: WorkloadState, load: PodLoad, fromMs: number, toMs: number): void => {
    for (const pod of workload.pods) {
      planPodStep(pod, workload.plan, load, workload.releaseCosts[pod.revision] ?? 1);
      const share = runningMs(pod, fromMs, toMs) / stepMs;
      (nodes[pod.node] as NodeState).load.cappedCores += pod.step.cappedCores * share;
    }
  };

  const usePod = (workload: WorkloadState, pod: Pod, load: PodLoad, fromMs: number, toMs: number): void => {
    const node = nodes[pod.node] as NodeState;
    usePodStep(pod, workload.plan, load, node.share);
    const share = runningMs(pod, fromMs, toMs) / stepMs;
    const [rates, sandbox] = [pod.rates, pod.sandboxRates];
    for (let i = 0; i < SANDBOX.cpu; i++) sandbox[i] = (sandbox[i] as number) * share;
    sandbox[SANDBOX.cpu] = (rates[COUNTER.cpu] as number) * share;
    if (share === 0) return;
    node.load.usedCores += (rates[COUNTER.cpu] as number) * share;
    node.load.memoryBytes += pod.memoryBytes;
    node.load.diskBytes += ((rates[COUNTER.reads] as number) + (rates[COUNTER.writes] as number)) * share;
    node.load.receiveBytes += sandbox[SANDBOX.receiveBytes] as number;
    node.load.transmitBytes += sandbox[SANDBOX.transmitBytes] as number;
    if (share === 1) learnUsual(workload, pod, fromMs, stepSeconds, incidents.isLeaking(workload));
  };

  const useWorkload = (workload: WorkloadState, load: PodLoad, fromMs: number, toMs: number): void => {
    let wanted = 0;
    let granted = 0;
    for (const pod of workload.pods) {
      usePod(workload, pod, load, fromMs, toMs);
      wanted += pod.step.wantCores;
      granted += pod.rates[COUNTER.cpu] as number;
    }
    workload.servedShare = wanted > 0 ? Math.min(1, granted / wanted) : 1;
  };

  const closeWorkload = (workload: WorkloadState, fromMs: number, toMs: number): void => {
    for (const pod of workload.pods) {
      closeStep(pod, fromMs, toMs);
      // The kernel kills at once; the kill shows in the step after the one that went over.
      if (pod.memoryBytes > workload.plan.memoryLimitBytes) exitContainer(pod, toMs, 'OOMKilled');
    }
    const gone = workload.pods.filter((pod) => pod.deletedMs <= fromMs);
    if (gone.length > 0) {
      workload.pods = workload.pods.filter((pod) => pod.deletedMs > fromMs);
      for (const pod of gone) scraper.forget(pod);
    }
  };

  boot();
  return {
    plan,
    stepMs,
    series: scraper.table,
    truth: incidents.truth,
    get nowMs() {
      return nowMs;
    },
    add: (event) => incidents.add(event),
    step: () => {
      const [fromMs, toMs] = [nowMs, nowMs + stepMs];
      nodes.forEach(clearNodeStep);
      for (const workload of workloads) {
        workload.surge = 1;
        if (Math.floor(fromMs / HOUR_MS) !== Math.floor((fromMs - stepMs) / HOUR_MS)) startHour(workload, fromMs);
        for (const pod of workload.pods) clearEffect(pod.effect);
        runBatchKinds(workload, context, fromMs, toMs);
      }
      addOrdinaryEvents(fromMs, toMs);
      incidents.advance(fromMs, toMs);
      const loads = workloads.map((workload) => prepareWorkload(workload, fromMs, toMs));
      workloads.forEach((workload, i) => {
        planPods(workload, loads[i] as PodLoad, fromMs, toMs);
      });
      nodes.forEach(shareNode);
      workloads.forEach((workload, i) => {
        useWorkload(workload, loads[i] as PodLoad, fromMs, toMs);
      });
      nodes.forEach(useNode);
      const batch = scraper.scrape(fromMs, toMs);
      for (const workload of workloads) {
        closeWorkload(workload, fromMs, toMs);
        autoscale(workload, context, toMs);
      }
      for (const node of nodes) closeNodeStep(node, stepSeconds);
      nowMs = toMs;
      return batch;
    },
  };
};
