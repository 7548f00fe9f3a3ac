/** What is scored: a controller and its pods, a node (`workloadKind` "Node", namespace ""), or an entity made of labels the user chose. */
export interface WorkloadKey {
  readonly namespace: string;
  readonly workload: string;
  /** Deployment, StatefulSet, DaemonSet, Job, CronJob, ReplicaSet, Pod, Node, or "" where unknown. */
  readonly workloadKind: string;
  /** Set for an entity of chosen labels (`entity: [label, ...]`): exactly these labels replace the three above on every exposed series. */
  readonly entity?: Readonly<Record<string, string>>;
}

/** The labels that name a workload on an exposed series. */
export const workloadLabels = (key: WorkloadKey): Readonly<Record<string, string>> =>
  key.entity ?? { namespace: key.namespace, workload: key.workload, workload_kind: key.workloadKind };

/** One string per workload, usable as a Map key. JSON keeps values with any character apart. */
export const workloadId = (key: WorkloadKey): string =>
  key.entity ? JSON.stringify(Object.entries(key.entity).sort()) : `${key.workloadKind}/${key.namespace}/${key.workload}`;
