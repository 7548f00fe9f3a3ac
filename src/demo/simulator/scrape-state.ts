import type { Labels } from '../../conventions/index.ts';
import type { WorkloadPlan } from './cluster-plan.ts';
import { containerStateLabels, podStateLabels, stateMetricsTarget } from './labels.ts';
import type { NodeState } from './node.ts';
import { lastReasonAt, type Pod, restartsAt, waitingReasonAt } from './pod.ts';
import type { ScrapeContext } from './scrape-pods.ts';
import { type Block, createBlock, missBlock, pushBlock, type Scrape } from './target.ts';
import type { WorkloadState } from './workload.ts';

/** kube-state-metrics: one target for the whole cluster. */
export interface StateScraper {
  scrape(scrape: Scrape, workloads: readonly WorkloadState[], nodes: readonly NodeState[]): void;
  /** The series of a pod that is forgotten. */
  forget(pod: Pod): void;
}

interface PodBlocks {
  readonly fixed: Block;
  readonly values: Float64Array;
  readonly restarts: number;
  readonly reasons: Map<string, Block>;
}

const ownerLabels = (kind: string, name: string): Labels => ({ owner_kind: kind, owner_name: name, owner_is_controller: 'true' });

export const createStateScraper = (context: ScrapeContext): StateScraper => {
  const { table, writer } = context;
  const podBlocks = new Map<Pod, PodBlocks>();
  /** ReplicaSets, Jobs and Deployments by their place in the cluster. */
  const objects = new Map<string, { readonly block: Block; seenMs: number }>();

  const createPodBlocks = (plan: WorkloadPlan, pod: Pod, node: NodeState): PodBlocks => {
    const ofPod = podStateLabels(plan, pod);
    const ofContainer = containerStateLabels(plan, pod);
    const limit = (resource: string, unit: string): Labels => ({
      __name__: 'kube_pod_container_resource_limits',
      ...ofContainer,
      node: node.plan.name,
      resource,
      unit,
    });
    const fixed = createBlock(table, [
      {
        __name__: 'kube_pod_info',
        ...ofPod,
        host_ip: node.plan.ip,
        pod_ip: pod.ip,
        node: node.plan.name,
        created_by_kind: pod.owner.kind,
        created_by_name: pod.owner.name,
      },
      { __name__: 'kube_pod_owner', ...ofPod, ...ownerLabels(pod.owner.kind, pod.owner.name) },
      { __name__: 'kube_pod_container_status_restarts_total', ...ofContainer },
      limit('memory', 'byte'),
      ...(plan.cpuLimitCores === undefined ? [] : [limit('cpu', 'core')]),
    ]);
    return { fixed, values: new Float64Array([1, 1, 0, plan.memoryLimitBytes, 0]), restarts: 2, reasons: new Map() };
  };

  /** Series that exist while a reason holds: kube-state-metrics leaves out those that are 0. */
  const pushReason = (blocks: PodBlocks, plan: WorkloadPlan, pod: Pod, name: string, reason: string | undefined, scrape: Scrape): void => {
    for (const [known, block] of blocks.reasons)
      if (known.startsWith(name) && known !== `${name}/${reason}`) missBlock(writer, block, scrape.timeMs);
    if (reason === undefined) return;
    const id = `${name}/${reason}`;
    let block = blocks.reasons.get(id);
    if (!block) {
      block = createBlock(table, [{ __name__: name, ...containerStateLabels(plan, pod), reason }]);
      blocks.reasons.set(id, block);
    }
    pushBlock(writer, block, scrape.timeMs, [1]);
  };

  const scrapePod = (plan: WorkloadPlan, pod: Pod, node: NodeState, scrape: Scrape): void => {
    let blocks = podBlocks.get(pod);
    if (!blocks) {
      blocks = createPodBlocks(plan, pod, node);
      podBlocks.set(pod, blocks);
    }
    blocks.values[blocks.restarts] = restartsAt(pod, scrape.timeMs);
    if (plan.cpuLimitCores !== undefined) blocks.values[4] = Math.round(plan.cpuLimitCores * pod.effect.cpuLimit * 1000) / 1000;
    pushBlock(writer, blocks.fixed, scrape.timeMs, blocks.values);
    pushReason(blocks, plan, pod, 'kube_pod_container_status_waiting_reason', waitingReasonAt(pod, scrape.timeMs), scrape);
    pushReason(blocks, plan, pod, 'kube_pod_container_status_last_terminated_reason', lastReasonAt(pod, scrape.timeMs), scrape);
  };

  const pushObject = (id: string, labels: Labels, value: number, scrape: Scrape): void => {
    let object = objects.get(id);
    if (!object) {
      object = { block: createBlock(table, [labels]), seenMs: 0 };
      objects.set(id, object);
    }
    object.seenMs = scrape.timeMs;
    pushBlock(writer, object.block, scrape.timeMs, [value]);
  };

  const scrapeOwners = (workload: WorkloadState, live: readonly Pod[], scrape: Scrape): void => {
    const { plan } = workload;
    const own = { ...stateMetricsTarget, namespace: plan.namespace };
    const place = `${plan.namespace}/${plan.name}`;
    if (plan.kind === 'Deployment') {
      pushObject(
        `deployment/${place}`,
        { __name__: 'kube_deployment_spec_replicas', ...own, deployment: plan.name },
        workload.replicas,
        scrape,
      );
      // Old ReplicaSets stay, empty, for rollbacks.
      for (const hash of workload.templateHashes) {
        const replicaset = `${plan.name}-${hash}`;
        pushObject(
          `rs/${place}/${hash}`,
          { __name__: 'kube_replicaset_owner', ...own, replicaset, ...ownerLabels('Deployment', plan.name) },
          1,
          scrape,
        );
      }
    }
    if (plan.kind === 'CronJob') {
      for (const pod of live) {
        const job = pod.owner.name;
        pushObject(
          `job/${place}/${job}`,
          { __name__: 'kube_job_owner', ...own, job_name: job, ...ownerLabels('CronJob', plan.name) },
          1,
          scrape,
        );
      }
    }
  };

  const endPod = (pod: Pod, timeMs: number): void => {
    const blocks = podBlocks.get(pod);
    if (!blocks) return;
    missBlock(writer, blocks.fixed, timeMs);
    for (const block of blocks.reasons.values()) missBlock(writer, block, timeMs);
  };

  return {
    scrape: (scrape, workloads, nodes) => {
      if (scrape.outcome === 'lost') return;
      if (scrape.outcome === 'failed') {
        for (const pod of podBlocks.keys()) endPod(pod, scrape.timeMs);
        for (const { block } of objects.values()) missBlock(writer, block, scrape.timeMs);
        return;
      }
      for (const workload of workloads) {
        const live: Pod[] = [];
        for (const pod of workload.pods) {
          if (pod.createdMs > scrape.timeMs) continue;
          if (pod.deletedMs <= scrape.timeMs) {
            endPod(pod, scrape.timeMs);
            continue;
          }
          live.push(pod);
          scrapePod(workload.plan, pod, nodes[pod.node] as NodeState, scrape);
        }
        scrapeOwners(workload, live, scrape);
      }
      for (const object of objects.values()) if (object.seenMs !== scrape.timeMs) missBlock(writer, object.block, scrape.timeMs);
    },
    forget: (pod) => {
      podBlocks.delete(pod);
    },
  };
};
