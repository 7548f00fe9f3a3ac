import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { BackEnd } from '../back-end.ts';
import { type LabelSelector, podSelectorOf } from '../discovery/index.ts';
import type { MitigationIntent } from '../intent.ts';
import { ownedMetadata } from '../labels.ts';
import { conditionAcceptance, declarationOf, isMissing, isolation, withLength } from './support/index.ts';

const declaration = declarationOf('cilium-network-policy');
const POLICY: KindName = { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy' };
/** Pods of all namespaces: an empty selector would be those of its own. */
const ALL_PODS = { matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'Exists' }] };

const isInFamily = (address: string, all: string): boolean => address.includes(':') === all.includes(':');

/** Everything outside of the cluster save some ranges. Nodes are not in it: a kubelet that cannot probe would restart the pods. */
const outside = (allowed: readonly string[]): readonly object[] =>
  ['0.0.0.0/0', '::/0'].map((cidr) => {
    const except = allowed.filter((address) => isInFamily(address, cidr)).map(withLength);
    return { cidr, ...(except.length === 0 ? {} : { except }) };
  });

const policyOf = (intent: MitigationIntent, endpointSelector: LabelSelector): KubernetesObject => ({
  ...POLICY,
  metadata: ownedMetadata(intent, declaration.name, intent.target.namespace),
  spec: {
    endpointSelector,
    // A policy that selects a pod would else deny everything that no other allows, and do so still after a half taken back change.
    enableDefaultDeny: { ingress: false, egress: false },
    ingressDeny: [{ fromEndpoints: [ALL_PODS] }, { fromCIDRSet: outside(intent.allowedClients) }],
    egressDeny: [{ toEntities: ['all'] }],
  },
});

/** CiliumNetworkPolicy with denials alone, which come before whatever others allow. */
export const ciliumNetworkPolicy: BackEnd = {
  declaration,
  ...isolation(POLICY, [
    'Denials come before everything that other policies allow.',
    'Allowed clients are addresses outside of the cluster; pods are cut off whatever their address.',
    'Nodes still reach the pods, so that probes do not restart them; the pods reach nobody, DNS included.',
  ]),
  plan: (intent, view) => {
    const selector = podSelectorOf(intent.target, view);
    return selector
      ? { state: 'planned', changes: [{ style: 'object', object: policyOf(intent, selector) }], notes: [] }
      : isMissing(intent.target);
  },
  // `Valid` came with Cilium 1.16; older agents say nothing.
  acceptance: ([policy]) => conditionAcceptance(policy, 'Valid', 'Cilium', 'accepted'),
};
