import type { Labels } from '../../conventions/index.ts';
import type { NodePlan, WorkloadPlan } from './cluster-plan.ts';
import type { Pod } from './pod.ts';

/** Labels that the kube-prometheus scrape configuration leaves on each target's series. */
export const cadvisorTarget = (node: NodePlan): Labels => ({
  job: 'kubelet',
  metrics_path: '/metrics/cadvisor',
  endpoint: 'https-metrics',
  instance: `${node.ip}:10250`,
  node: node.name,
  service: 'kubelet',
});

export const nodeExporterTarget = (node: NodePlan): Labels => ({
  job: 'node-exporter',
  endpoint: 'https',
  instance: node.name,
  namespace: 'monitoring',
  pod: `node-exporter-${node.name}`,
  container: 'node-exporter',
  service: 'node-exporter',
});

export const stateMetricsTarget: Labels = {
  job: 'kube-state-metrics',
  endpoint: 'https-main',
  instance: '10.244.0.5:8443',
  service: 'kube-state-metrics',
};

/** The name of a workload's only container is that of the workload. */
export const containerLabels = (plan: WorkloadPlan, pod: Pod, node: NodePlan, containerId: string, style: 'full' | 'slim'): Labels => ({
  ...cadvisorTarget(node),
  namespace: plan.namespace,
  pod: pod.name,
  container: plan.name,
  image: plan.image,
  ...(style === 'full'
    ? { id: `/kubepods.slice/kubepods-pod${pod.uid.replaceAll('-', '_')}.slice/cri-${containerId}.scope`, name: containerId }
    : {}),
});

/** cAdvisor also shows the pod's own cgroup, without a container: whoever sums over it counts everything twice. */
export const podCgroupLabels = (plan: WorkloadPlan, pod: Pod, node: NodePlan, style: 'full' | 'slim'): Labels => ({
  ...cadvisorTarget(node),
  namespace: plan.namespace,
  pod: pod.name,
  ...(style === 'full' ? { id: `/kubepods.slice/kubepods-pod${pod.uid.replaceAll('-', '_')}.slice` } : {}),
});

/** What kube-state-metrics says about a pod; honorLabels keeps namespace and pod those of the object. */
export const podStateLabels = (plan: WorkloadPlan, pod: Pod): Labels => ({
  ...stateMetricsTarget,
  namespace: plan.namespace,
  pod: pod.name,
  uid: pod.uid,
});

export const containerStateLabels = (plan: WorkloadPlan, pod: Pod): Labels => ({ ...podStateLabels(plan, pod), container: plan.name });

/** The application's own target: prometheus-operator's ServiceMonitor labels. */
export const applicationLabels = (plan: WorkloadPlan, pod: Pod): Labels => ({
  job: plan.name,
  endpoint: 'metrics',
  instance: `${pod.ip}:8080`,
  namespace: plan.namespace,
  pod: pod.name,
  container: plan.name,
  service: plan.name,
});
