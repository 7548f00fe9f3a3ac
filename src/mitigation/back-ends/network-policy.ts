import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { BackEnd } from '../back-end.ts';
import { isWorkload, type LabelSelector, podLabelsOf, podSelectorOf, selects, WORKLOAD_KINDS } from '../discovery/index.ts';
import type { MitigationIntent, MitigationTarget } from '../intent.ts';
import { ownedMetadata, ownedName } from '../labels.ts';
import { declarationOf, isMissing, presence, refused } from './support/index.ts';

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

const range = (address: string): string => (address.includes('/') ? address : `${address}/${address.includes(':') ? 128 : 32}`);

const policyOf = (intent: MitigationIntent, podSelector: LabelSelector): KubernetesObject => ({
  ...POLICY,
  metadata: ownedMetadata(intent, declaration.name, intent.target.namespace),
  spec: {
    podSelector,
    policyTypes: ['Ingress', 'Egress'],
    ...(intent.allowedClients.length === 0
      ? {}
      : { ingress: [{ from: intent.allowedClients.map((address) => ({ ipBlock: { cidr: range(address) } })) }] }),
  },
});

/** The built-in NetworkPolicy: selects the pods of a workload and lets nothing in or out. */
export const networkPolicy: BackEnd = {
  declaration,
  abilities: [
    {
      action: 'isolate',
      targetKinds: WORKLOAD_KINDS.map(({ kind }) => kind),
      perClient: false,
      nativeDryRun: false,
      connections: false,
      limits: [
        'Works only where the network plugin enforces NetworkPolicies, which the API server does not tell.',
        'Cannot close what another NetworkPolicy opens: refused where one does.',
        'Open connections may go on until they end; the kubelet still reaches its probes.',
      ],
    },
  ],
  needs: [POLICY],
  reads: [POLICY, ...WORKLOAD_KINDS],
  targetsOf: (workload: MitigationTarget) => (isWorkload(workload) ? [workload] : []),
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
  signals: () => ({}),
};
