/** Kinds that policies are about, by group; versions are those that the server prefers. What controllers keep rewriting (events, leases, slices) is left out. */
export const LIVE_KINDS: Readonly<Record<string, readonly string[]>> = {
  '': [
    'Namespace',
    'Pod',
    'PodTemplate',
    'ReplicationController',
    'Service',
    'ServiceAccount',
    'ConfigMap',
    'Secret',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'ResourceQuota',
    'LimitRange',
  ],
  apps: ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'],
  batch: ['Job', 'CronJob'],
  'networking.k8s.io': ['Ingress', 'NetworkPolicy'],
  'rbac.authorization.k8s.io': ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'],
  policy: ['PodDisruptionBudget'],
  autoscaling: ['HorizontalPodAutoscaler'],
  'storage.k8s.io': ['StorageClass'],
  'scheduling.k8s.io': ['PriorityClass'],
  'admissionregistration.k8s.io': ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
  'gateway.networking.k8s.io': ['Gateway', 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'],
  'argoproj.io': ['Rollout', 'Application', 'ApplicationSet', 'AppProject'],
  'source.toolkit.fluxcd.io': ['GitRepository', 'HelmRepository', 'OCIRepository'],
  'networking.istio.io': ['VirtualService'],
  'security.istio.io': ['PeerAuthentication'],
  'cert-manager.io': ['Certificate'],
  'monitoring.coreos.com': ['ServiceMonitor', 'PodMonitor'],
  'keda.sh': ['ScaledObject'],
  'serving.knative.dev': ['Service'],
  'bellwether.dev': ['PolicyException'],
};

/** Judged only where they are named: what runs there is the distribution's, not the users'. */
export const SYSTEM_NAMESPACES: readonly string[] = ['kube-system', 'kube-node-lease', 'kube-public'];
