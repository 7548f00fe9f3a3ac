import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { ClusterView } from '../back-end.ts';
import type { MitigationTarget } from '../intent.ts';

/** Kinds whose pods can be found by a selector. */
export const WORKLOAD_KINDS: readonly KindName[] = ['Deployment', 'StatefulSet', 'DaemonSet'].map((kind) => ({
  apiVersion: 'apps/v1',
  kind,
}));
export const SERVICE_KIND: KindName = { apiVersion: 'v1', kind: 'Service' };

type Labels = Readonly<Record<string, string>>;

/** A Kubernetes label selector. Empty selects everything, which is what `undefined` never does. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

export const isWorkload = ({ kind }: MitigationTarget): boolean => WORKLOAD_KINDS.some((known) => known.kind === kind);

const workloadOf = ({ kind, namespace, name }: MitigationTarget, view: ClusterView): KubernetesObject | undefined => {
  const known = WORKLOAD_KINDS.find((candidate) => candidate.kind === kind);
  return known && view.find({ ...known, namespace, name });
};

interface WorkloadSpec {
  readonly selector?: LabelSelector;
  readonly template?: { readonly metadata?: { readonly labels?: Labels } };
}

/** The selector of a workload's own pods; undefined where there is no such workload. */
export const podSelectorOf = (workload: MitigationTarget, view: ClusterView): LabelSelector | undefined =>
  (workloadOf(workload, view)?.spec as WorkloadSpec | undefined)?.selector;

/** The labels that its pods are made with. */
export const podLabelsOf = (workload: MitigationTarget, view: ClusterView): Labels | undefined =>
  (workloadOf(workload, view)?.spec as WorkloadSpec | undefined)?.template?.metadata?.labels;

/** As `metav1.LabelSelector` decides; an operator that is not known selects nothing. */
export const selects = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
  matchExpressions.every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === 'In') return value !== undefined && values.includes(value);
    if (operator === 'NotIn') return value === undefined || !values.includes(value);
    if (operator === 'Exists') return value !== undefined;
    return operator === 'DoesNotExist' && value === undefined;
  });

/** Names of the Services of its namespace that send to its pods. One without a selector sends to addresses that only its endpoints know. */
export const servicesOf = (workload: MitigationTarget, view: ClusterView): readonly string[] => {
  const labels = podLabelsOf(workload, view);
  if (!labels) return [];
  return view
    .list(SERVICE_KIND, workload.namespace)
    .filter(({ spec }) => {
      const { selector = {} } = (spec ?? {}) as { readonly selector?: Labels };
      return Object.keys(selector).length > 0 && selects({ matchLabels: selector }, labels);
    })
    .map(({ metadata }) => metadata.name);
};
