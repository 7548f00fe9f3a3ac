/** Where a kind is served. */
export interface ApiResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
}

const resource = (group: string, version: string, plural: string, kind: string): ApiResource => ({
  group,
  version,
  resource: plural,
  kind,
});

/** Kinds that make pods, built into Kubernetes. */
export const POD_RESOURCES: readonly ApiResource[] = [
  resource('', 'v1', 'pods', 'Pod'),
  resource('', 'v1', 'replicationcontrollers', 'ReplicationController'),
  resource('', 'v1', 'podtemplates', 'PodTemplate'),
  resource('apps', 'v1', 'deployments', 'Deployment'),
  resource('apps', 'v1', 'replicasets', 'ReplicaSet'),
  resource('apps', 'v1', 'statefulsets', 'StatefulSet'),
  resource('apps', 'v1', 'daemonsets', 'DaemonSet'),
  resource('batch', 'v1', 'jobs', 'Job'),
  resource('batch', 'v1', 'cronjobs', 'CronJob'),
];

/** Others that policies of both forms speak about. */
const OTHER_RESOURCES: readonly ApiResource[] = [
  resource('', 'v1', 'services', 'Service'),
  resource('', 'v1', 'configmaps', 'ConfigMap'),
  resource('', 'v1', 'secrets', 'Secret'),
  resource('', 'v1', 'serviceaccounts', 'ServiceAccount'),
  resource('', 'v1', 'namespaces', 'Namespace'),
  resource('', 'v1', 'nodes', 'Node'),
  resource('', 'v1', 'endpoints', 'Endpoints'),
  resource('', 'v1', 'limitranges', 'LimitRange'),
  resource('', 'v1', 'resourcequotas', 'ResourceQuota'),
  resource('', 'v1', 'persistentvolumes', 'PersistentVolume'),
  resource('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim'),
  resource('autoscaling', 'v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler'),
  resource('networking.k8s.io', 'v1', 'ingresses', 'Ingress'),
  resource('networking.k8s.io', 'v1', 'ingressclasses', 'IngressClass'),
  resource('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy'),
  resource('gateway.networking.k8s.io', 'v1', 'gateways', 'Gateway'),
  resource('gateway.networking.k8s.io', 'v1', 'httproutes', 'HTTPRoute'),
  resource('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  resource('rbac.authorization.k8s.io', 'v1', 'roles', 'Role'),
  resource('rbac.authorization.k8s.io', 'v1', 'rolebindings', 'RoleBinding'),
  resource('rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole'),
  resource('rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', 'ClusterRoleBinding'),
  resource('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass'),
  resource('admissionregistration.k8s.io', 'v1', 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'),
  resource('admissionregistration.k8s.io', 'v1', 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'),
  resource('apiextensions.k8s.io', 'v1', 'customresourcedefinitions', 'CustomResourceDefinition'),
];

export const API_RESOURCES: readonly ApiResource[] = [...POD_RESOURCES, ...OTHER_RESOURCES];

/** `apps/Deployment`, `Service`, as policies name kinds. */
export const groupKindOfResource = ({ group, kind }: ApiResource): string => (group === '' ? kind : `${group}/${kind}`);
