import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { BackEnd, ClusterView } from '../back-end.ts';
import { isWorkload, podSelectorOf, selects, WORKLOAD_KINDS } from '../discovery/index.ts';
import type { MitigationIntent, MitigationTarget } from '../intent.ts';
import { declarationOf, isMissing, presence, refused } from './support/index.ts';

const declaration = declarationOf('cilium-bandwidth');
const POD: KindName = { apiVersion: 'v1', kind: 'Pod' };
/** Tells that Cilium is there; whether its bandwidth manager is on the API server does not know. */
const CILIUM: KindName = { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy' };
const ANNOTATION = 'kubernetes.io/egress-bandwidth';
/** More pods than this are no longer one change. */
const MOST_PODS = 50;

interface PodSpec {
  readonly hostNetwork?: boolean;
}

const isRunning = ({ metadata, status }: KubernetesObject): boolean =>
  metadata.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes((status as { readonly phase?: string })?.phase ?? '');

const podsOf = (target: MitigationTarget, view: ClusterView): readonly KubernetesObject[] | undefined => {
  const selector = podSelectorOf(target, view);
  return selector && view.list(POD, target.namespace).filter((pod) => selects(selector, pod.metadata.labels ?? {}) && isRunning(pod));
};

/** As a Kubernetes quantity, in bits per second and whole thousands where it can be. */
const quantity = (bitsPerSecond: number): string => {
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const)
    if (bitsPerSecond % size === 0) return `${bitsPerSecond / size}${unit}`;
  return String(bitsPerSecond);
};

const isTaken = ({ metadata }: KubernetesObject, { mitigation }: MitigationIntent): boolean =>
  metadata.annotations?.[ANNOTATION] !== undefined && metadata.labels?.['bellwether.dev/mitigation-name'] !== mitigation;

/** The bandwidth manager of Cilium: an annotation on each pod of a workload bounds what that pod sends. */
export const ciliumBandwidth: BackEnd = {
  declaration,
  abilities: [
    {
      action: 'limitEgress',
      targetKinds: WORKLOAD_KINDS.map(({ kind }) => kind),
      perClient: false,
      nativeDryRun: false,
      connections: false,
      limits: [
        'Works only with the bandwidth manager of Cilium (`bandwidthManager.enabled`), which is off by default and which the API server does not tell.',
        'Bounds each pod that is there now by itself; a pod that is made later is not limited, and a limit goes with its pod.',
        'Shapes what a pod sends, answers to requests and probes of its own included; what it receives is not limited.',
        'Cilium does not apply it to pods with L7 policies on egress, nor to pods on the network of their node.',
      ],
    },
  ],
  needs: [CILIUM],
  reads: [POD, ...WORKLOAD_KINDS],
  targetsOf: (workload) => (isWorkload(workload) ? [workload] : []),
  plan: (intent, view) => {
    const { target, egressBitsPerSecond } = intent;
    const pods = podsOf(target, view);
    if (!pods) return isMissing(target);
    if (egressBitsPerSecond === undefined) return refused('Say how much each pod may send: egressBitsPerSecond.');
    if (pods.length === 0) return refused(`${target.kind} ${target.name} has no running pods: there is nothing to limit.`);
    if (pods.length > MOST_PODS)
      return refused(`${target.kind} ${target.name} has ${pods.length} pods, and at most ${MOST_PODS} are changed at once.`);
    const onNode = pods.find(({ spec }) => ((spec ?? {}) as PodSpec).hostNetwork === true);
    if (onNode) return refused(`Pod ${onNode.metadata.name} is on the network of its node, where Cilium limits nothing.`);
    const taken = pods.find((pod) => isTaken(pod, intent));
    if (taken)
      return refused(`Pod ${taken.metadata.name} already carries ${ANNOTATION}. Change it in the pod template, or take it away first.`);
    const fields = [{ path: ['metadata', 'annotations', ANNOTATION], value: quantity(egressBitsPerSecond) }];
    return {
      state: 'planned',
      changes: pods.map(({ metadata: { name } }) => ({ style: 'fields', on: { ...POD, namespace: target.namespace, name }, fields })),
      notes: [`${pods.length} pods may send ${quantity(egressBitsPerSecond)}bit/s each.`],
    };
  },
  acceptance: (objects) => presence(objects),
  signals: () => ({}),
};
