import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { BackEnd } from '../back-end.ts';
import { type LabelSelector, podLabelsOf, podSelectorOf, selects } from '../discovery/index.ts';
import type { MitigationIntent } from '../intent.ts';
import { ownedMetadata, ownedName } from '../labels.ts';
import { declarationOf, isMissing, isolation, presence, refused, withLength } from './support/index.ts';

const declaration = declarationOf('network-policy');
const POLICY: KindName = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };

interface PolicySpec {
  readonly podSelector?: LabelSelector;
  readonly ingress?: readonly unknown[];
  readonly egress?: readonly unknown[];
}

/** Policies are added up: what one of them lets through, none can close. */
const opens = ({ spec }: KubernetesObject, labels: Readonly<Record<string, string>>): boolean => {
  const { podSelector = {}, ingress = [], egress = [] } = (spec ?? {}) as PolicySpec;
  return selects(podSelector, labels) && ingress.length + egress.length > 0;
};

const policyOf = (intent: MitigationIntent, podSelector: LabelSelector): KubernetesObject => ({
  ...POLICY,
  metadata: ownedMetadata(intent, declaration.name, intent.target.namespace),
  spec: {
    podSelector,
    policyTypes: ['Ingress', 'Egress'],
    ...(intent.allowedClients.length === 0
      ? {}
      : { ingress: [{ from: intent.allowedClients.map((address) => ({ ipBlock: { cidr: withLength(address) } })) }] }),
  },
});

/** The built-in NetworkPolicy: selects the pods of a workload and lets nothing in or out. */
export const networkPolicy: BackEnd = {
  declaration,
  ...isolation(POLICY, [
    'Works only where the network plugin enforces NetworkPolicies, which the API server does not tell.',
    'Cannot close what another NetworkPolicy opens: refused where one does.',
    'Open connections may go on until they end; the kubelet still reaches its probes.',
  ]),
  plan: (intent, view) => {
    const { target, mitigation } = intent;
    const [selector, labels] = [podSelectorOf(target, view), podLabelsOf(target, view)];
    if (!selector || !labels) return isMissing(target);
    const other = view
      .list(POLICY, target.namespace)
      .find((policy) => policy.metadata.name !== ownedName(mitigation) && opens(policy, labels));
    return other
      ? refused(
          `NetworkPolicy ${other.metadata.name} lets traffic of ${target.name} through, and policies are added up: isolate it with cilium-network-policy, or take that policy away first.`,
        )
      : { state: 'planned', changes: [{ style: 'object', object: policyOf(intent, selector) }], notes: [] };
  },
  acceptance: (objects) => presence(objects),
};
