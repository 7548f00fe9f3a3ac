import { type ClusterIndex, type NamespaceFilter, selectorMatches } from '../cluster/cluster-index.ts';
import { FINE, objectRule } from '../model/policy.ts';
import { isAbsent, isRecord, type JsonRecord, listOf, recordOf, stringsOf } from '../model/value.ts';
import { isControlled, nameOf, namespaceOf } from './facts.ts';
import { isForOperator, selectedWorkloads } from './services.ts';

const KINDS = ['networking.k8s.io/NetworkPolicy', 'extensions/NetworkPolicy'] as const;
const CILIUM = ['cilium.io/CiliumNetworkPolicy', 'cilium.io/CiliumClusterwideNetworkPolicy'] as const;
/** Their selectors are a language of their own; one that is there may well select. */
const CALICO = [
  'projectcalico.org/NetworkPolicy',
  'projectcalico.org/GlobalNetworkPolicy',
  'crd.projectcalico.org/NetworkPolicy',
  'crd.projectcalico.org/GlobalNetworkPolicy',
] as const;

const policiesIn = (cluster: ClusterIndex, filter: NamespaceFilter): readonly JsonRecord[] =>
  KINDS.flatMap((kind) => cluster.list(kind, filter).map(({ object }) => object));

const isEmptySelector = (selector: unknown): boolean => {
  const { matchLabels, matchExpressions } = recordOf(selector);
  return Object.keys(recordOf(matchLabels)).length === 0 && listOf(matchExpressions).length === 0;
};

const podSelectorOf = (policy: JsonRecord): unknown => recordOf(policy.spec).podSelector ?? {};

const withoutSource = (selector: unknown): JsonRecord => ({
  matchLabels: Object.fromEntries(
    Object.entries(recordOf(recordOf(selector).matchLabels)).map(([key, value]) => [key.replace(/^(k8s|any)[:.]/, ''), value]),
  ),
  matchExpressions: listOf(recordOf(selector).matchExpressions),
});

const isSelected = (labels: JsonRecord, cluster: ClusterIndex, filter: NamespaceFilter): boolean =>
  policiesIn(cluster, filter).some((policy) => selectorMatches(podSelectorOf(policy), labels)) ||
  CILIUM.some((kind) =>
    cluster.list(kind, filter).some(({ object }) => selectorMatches(withoutSource(recordOf(object.spec).endpointSelector), labels)),
  ) ||
  CALICO.some((kind) => cluster.list(kind, filter).length > 0);

const netpolMissing = objectRule((object, input) => {
  const { pods, cluster, base } = input;
  // Network policies do not hold for pods in the network of the node.
  if (!pods || !cluster || isControlled(object) || pods.spec.hostNetwork === true) return FINE;
  if (isSelected(recordOf(pods.metadata.labels), cluster, { namespace: namespaceOf(input) })) return FINE;
  return [{ path: `${base}/metadata/name`, value: nameOf(object), expected: 'a NetworkPolicy whose podSelector fits these pods' }];
});

const netpolDangling = objectRule((object, input) => {
  const selector = podSelectorOf(object);
  if (!input.cluster || isEmptySelector(selector)) return FINE;
  const { matchLabels, matchExpressions } = recordOf(selector);
  if (isForOperator(recordOf(matchLabels))) return FINE;
  const workloads = isAbsent(matchExpressions)
    ? selectedWorkloads(recordOf(matchLabels), input.cluster, namespaceOf(input))
    : input.cluster
        .workloads({ namespace: namespaceOf(input) })
        .filter(({ pods }) => pods && selectorMatches(selector, recordOf(pods.metadata.labels)));
  return workloads.length > 0 ? FINE : [{ path: `${input.base}/spec/podSelector`, value: selector, expected: 'the labels of a workload' }];
});

const isWholeNetwork = (ipBlock: unknown): boolean => {
  const { cidr, except } = recordOf(ipBlock);
  return (cidr === '0.0.0.0/0' || cidr === '::/0') && listOf(except).length === 0;
};

const isEverybody = (peer: JsonRecord): boolean =>
  isWholeNetwork(peer.ipBlock) ||
  (isRecord(peer.namespaceSelector) && isEmptySelector(peer.namespaceSelector) && isEmptySelector(peer.podSelector));

/** A rule that opens to everybody. Egress to a few ports, such as DNS, is not that. */
const opens = (rule: JsonRecord, peers: 'from' | 'to'): boolean => {
  const list = listOf(rule[peers]);
  const hasPorts = listOf(rule.ports).length > 0;
  if (peers === 'to' && hasPorts) return false;
  return list.length === 0 || list.some((peer) => isEverybody(recordOf(peer)));
};

/** All pods of the namespace are opened to everybody: the policy undoes every other one. */
const netpolEmptySelector = objectRule((object, { base }) => {
  const spec = recordOf(object.spec);
  if (!isEmptySelector(spec.podSelector)) return FINE;
  const isOpen =
    listOf(spec.ingress).some((rule) => opens(recordOf(rule), 'from')) || listOf(spec.egress).some((rule) => opens(recordOf(rule), 'to'));
  return isOpen
    ? [{ path: `${base}/spec/podSelector`, value: spec.podSelector ?? {}, expected: 'the labels of the pods that need it' }]
    : FINE;
});

const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

const denies = (policy: JsonRecord, direction: 'Ingress' | 'Egress'): boolean => {
  const spec = recordOf(policy.spec);
  const rules = listOf(direction === 'Ingress' ? spec.ingress : spec.egress);
  const types = stringsOf(spec.policyTypes);
  // Without policyTypes a policy is about ingress, and about egress where it has such rules.
  const isMeant = types.length > 0 ? types.includes(direction) : direction === 'Ingress' || rules.length > 0;
  return isEmptySelector(spec.podSelector) && isMeant && rules.length === 0;
};

const defaultDeny = objectRule((object, { base, cluster, params }) => {
  const name = nameOf(object);
  if (!cluster || SYSTEM_NAMESPACES.has(name)) return FINE;
  const policies = policiesIn(cluster, { namespace: name });
  const open = stringsOf(params.directions).filter(
    (direction) => !policies.some((policy) => denies(policy, direction === 'Egress' ? 'Egress' : 'Ingress')),
  );
  return open.length > 0
    ? [{ path: `${base}/metadata/name`, value: open.join(' and '), expected: 'a NetworkPolicy that denies by default' }]
    : FINE;
});

/** Network policies. */
export const NETWORK_POLICY_RULES = {
  'netpol-missing': netpolMissing,
  'netpol-dangling': netpolDangling,
  'netpol-empty-selector': netpolEmptySelector,
  'default-deny': defaultDeny,
} as const;
