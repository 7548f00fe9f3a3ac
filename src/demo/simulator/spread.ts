import type { WorkloadKey } from '../../conventions/index.ts';
import type { ControllerContext } from './controllers.ts';
import type { NodeState } from './node.ts';
import type { ScenarioDefinition } from './scenarios.ts';
import type { WorkloadState } from './workload.ts';

export const keyOfWorkload = ({ plan }: WorkloadState): WorkloadKey => ({
  namespace: plan.namespace,
  workload: plan.name,
  workloadKind: plan.kind,
});

export const keyOfNode = ({ plan }: NodeState): WorkloadKey => ({ namespace: '', workload: plan.name, workloadKind: 'Node' });

/** Workloads that get part of their demand from one of these, directly or through others. */
const downstreamOf = (workloads: readonly WorkloadState[], roots: ReadonlySet<WorkloadState>): WorkloadState[] => {
  const reached = new Set(roots);
  for (const workload of workloads) {
    const source = workload.plan.upstream ? workloads[workload.plan.upstream.workload] : undefined;
    if (source && reached.has(source)) reached.add(workload);
  }
  return [...reached].filter((workload) => !roots.has(workload));
};

/**
 * Others that an event may move: the nodes under its pods; downstream workloads and their nodes, where the demand changes; and all
 * that share a node whose CPU or disk may be used up.
 */
export const affectedBy = (
  definition: ScenarioDefinition,
  workload: WorkloadState | undefined,
  nodeIndexes: ReadonlySet<number>,
  { workloads, nodes }: ControllerContext,
): readonly WorkloadKey[] => {
  if (definition.spreads === 'nowhere') return [];
  const roots = new Set(workload ? [workload] : []);
  const unbounded = definition.kind === 'miner' && workload?.plan.cpuLimitCores === undefined;
  if (definition.target === 'node' || unbounded) {
    for (const other of workloads) if (other.pods.some((pod) => nodeIndexes.has(pod.node))) roots.add(other);
  }
  const downstream = definition.spreads === 'downstream' ? downstreamOf(workloads, roots) : [];
  const others = [...roots, ...downstream].filter((other) => other !== workload);
  const moved = downstream.flatMap((other) => other.pods.map((pod) => pod.node));
  const hosts = [...new Set([...nodeIndexes, ...moved])].map((index) => nodes[index] as NodeState);
  return [...hosts.map(keyOfNode), ...others.map(keyOfWorkload)];
};
