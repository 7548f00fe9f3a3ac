import { joinPointer } from '../model/json-pointer.ts';
import { groupKindOf } from '../model/kubernetes-object.ts';
import { FINE, objectRule } from '../model/policy.ts';
import { listOf, own, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { isControlled, labelsOf, nameOf, namespaceOf } from './facts.ts';

const SYSTEM: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

/** What every namespace `default` has without anybody's doing. */
const ALWAYS_THERE: ReadonlySet<string> = new Set([
  'Service kubernetes',
  'Endpoints kubernetes',
  'discovery.k8s.io/EndpointSlice kubernetes',
  'ServiceAccount default',
  'ConfigMap kube-root-ca.crt',
]);
/** Kinds that controllers write by themselves. */
const BY_CONTROLLERS: ReadonlySet<string> = new Set(['Event', 'events.k8s.io/Event', 'coordination.k8s.io/Lease', 'Namespace']);

/** Objects that say `default`. A file that leaves the namespace open does not: the one who applies it says. */
const defaultNamespace = objectRule((object, input) => {
  if (namespaceOf(input) !== 'default' || isControlled(object) || input.request?.subResource) return FINE;
  const groupKind = groupKindOf(object);
  if (BY_CONTROLLERS.has(groupKind) || ALWAYS_THERE.has(`${groupKind} ${nameOf(object)}`)) return FINE;
  return [{ path: `${input.base}/metadata/namespace`, value: 'default', expected: 'a namespace of its own' }];
});

/** Kinds besides workloads that users bring; roles and bindings of add-ons often must lie there. */
const USER_KINDS: ReadonlySet<string> = new Set(['Service', 'ConfigMap', 'Secret', 'PersistentVolumeClaim', 'networking.k8s.io/Ingress']);

/** Parts of the cluster itself: static pods of the control plane, and what must run before all else. */
const isSystemPart = (object: Parameters<typeof labelsOf>[0], priority: unknown, podLabels: unknown): boolean =>
  (stringOf(priority) ?? '').startsWith('system-') ||
  own(recordOf(podLabels), 'tier') === 'control-plane' ||
  own(labelsOf(object), 'kubernetes.io/cluster-service') === 'true';

const kubeSystemNamespace = objectRule((object, input) => {
  const namespace = namespaceOf(input);
  const { pods } = input;
  if (namespace === undefined || !SYSTEM.has(namespace) || isControlled(object) || input.request?.subResource) return FINE;
  if (!pods && !USER_KINDS.has(groupKindOf(object))) return FINE;
  if (isSystemPart(object, pods?.spec.priorityClassName, pods?.metadata.labels) || nameOf(object) === 'kube-root-ca.crt') return FINE;
  return [{ path: `${input.base}/metadata/namespace`, value: namespace, expected: 'a namespace of its own' }];
});

const ENFORCE = 'pod-security.kubernetes.io/enforce';
const LEVELS: ReadonlySet<unknown> = new Set(['baseline', 'restricted']);

const namespacePsaLabels = objectRule((object, { base, params }) => {
  const name = nameOf(object);
  if (SYSTEM.has(name) || stringsOf(params.except).includes(name)) return FINE;
  const level = own(labelsOf(object), ENFORCE);
  if (LEVELS.has(level)) return FINE;
  return [{ path: joinPointer(`${base}/metadata/labels`, ENFORCE), value: level, expected: 'baseline or restricted' }];
});

/** A namespace whose pods may take everything. */
const namespaceQuota = objectRule((object, { base, cluster, params }) => {
  const name = nameOf(object);
  if (!cluster || SYSTEM.has(name)) return FINE;
  const missing = listOf(params.kinds).filter((kind) => cluster.list(String(kind), { namespace: name }).length === 0);
  return missing.length > 0 ? [{ path: `${base}/metadata/name`, value: missing.join(' and '), expected: 'there' }] : FINE;
});

/** Namespaces and what lies in them. */
export const NAMESPACE_RULES = {
  'default-namespace': defaultNamespace,
  'kube-system-namespace': kubeSystemNamespace,
  'namespace-psa-labels': namespacePsaLabels,
  'namespace-quota': namespaceQuota,
} as const;
