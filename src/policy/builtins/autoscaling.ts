import type { ClusterIndex, IndexedObject } from '../cluster/cluster-index.ts';
import { groupKindOf } from '../model/kubernetes-object.ts';
import { FINE, objectRule, type RuleInput } from '../model/policy.ts';
import { isAbsent, type JsonRecord, numberOf, recordOf, stringOf } from '../model/value.ts';
import { isControlled, isLive, isReplicated, nameOf, namespaceOf } from './facts.ts';

const HPA = 'autoscaling/HorizontalPodAutoscaler';
const SCALED_OBJECT = 'keda.sh/ScaledObject';

interface ScaleTarget {
  /** Group of the apiVersion; undefined where the target does not say. */
  readonly group: string | undefined;
  readonly kind: string;
  readonly name: string;
}

const targetOf = (autoscaler: JsonRecord): ScaleTarget => {
  const { apiVersion, kind, name } = recordOf(recordOf(autoscaler.spec).scaleTargetRef);
  const version = stringOf(apiVersion);
  const isKeda = autoscaler.kind === 'ScaledObject';
  return {
    group: version === undefined ? (isKeda ? 'apps' : undefined) : version.includes('/') ? version.slice(0, version.indexOf('/')) : '',
    kind: stringOf(kind) ?? (isKeda ? 'Deployment' : ''),
    name: stringOf(name) ?? '',
  };
};

const aims = ({ group, kind, name }: ScaleTarget, object: JsonRecord): boolean => {
  if (kind !== object.kind || name !== nameOf(object)) return false;
  const groupKind = groupKindOf(object);
  const actual = groupKind.includes('/') ? groupKind.slice(0, groupKind.indexOf('/')) : '';
  // Moved from extensions to apps long ago; both names lead to the same object.
  return group === undefined || group === actual || group === 'extensions' || actual === 'extensions';
};

const allAutoscalers = (cluster: ClusterIndex, namespace: string | undefined): readonly IndexedObject[] => [
  ...cluster.list(HPA, { namespace }),
  ...cluster.list(SCALED_OBJECT, { namespace }),
];

/** Autoscalers of a workload; none where other objects are not known. */
export const autoscalersOf = (object: JsonRecord, input: Pick<RuleInput, 'cluster'> & Partial<RuleInput>): readonly IndexedObject[] => {
  if (!input.cluster) return [];
  const namespace = stringOf(recordOf(object.metadata).namespace) || input.request?.namespace;
  return allAutoscalers(input.cluster, namespace).filter((entry) => aims(targetOf(entry.object), object));
};

/** The fewest replicas that an autoscaler leaves. */
export const floorOf = ({ object }: IndexedObject): number => {
  const { minReplicas, minReplicaCount } = recordOf(object.spec);
  return numberOf(object.kind === 'ScaledObject' ? minReplicaCount : minReplicas) ?? (object.kind === 'ScaledObject' ? 0 : 1);
};

const hpaDangling = objectRule((object, input) => {
  const target = targetOf(object);
  const candidates = input.cluster?.workloads({ namespace: namespaceOf(input) }) ?? [];
  if (candidates.some((entry) => aims(target, entry.object))) return FINE;
  // Custom resources may be scaled, too.
  if (
    target.group !== undefined &&
    input.cluster?.get(target.group === '' ? target.kind : `${target.group}/${target.kind}`, namespaceOf(input), target.name)
  )
    return FINE;
  return [{ path: `${input.base}/spec/scaleTargetRef/name`, value: `${target.kind} ${target.name}`, expected: 'a workload that exists' }];
});

/** Each `kubectl apply` sets the number back that the autoscaler has chosen. Live objects always have one. */
const hpaAndReplicas = objectRule((object, input) => {
  const { replicas } = recordOf(object.spec);
  if (isAbsent(replicas) || !isReplicated(object) || isControlled(object) || isLive(input) || input.request) return FINE;
  const [autoscaler] = autoscalersOf(object, input);
  if (!autoscaler) return FINE;
  return [{ path: `${input.base}/spec/replicas`, value: replicas, expected: `absent, because ${autoscaler.name} sets it` }];
});

const hpaDuplicate = objectRule((object, input) => {
  if (!input.cluster) return FINE;
  const { kind, name, group } = targetOf(object);
  const own = nameOf(object);
  const other = allAutoscalers(input.cluster, namespaceOf(input)).find((entry) => {
    if (entry.name === own && entry.object.kind === object.kind) return false;
    const target = targetOf(entry.object);
    return target.kind === kind && target.name === name && (target.group === group || target.group === undefined || group === undefined);
  });
  if (!other) return FINE;
  return [{ path: `${input.base}/spec/scaleTargetRef/name`, value: `${kind} ${name}`, expected: `no other than ${other.name}` }];
});

/** Autoscalers and what they scale. */
export const AUTOSCALING_RULES = {
  'hpa-dangling': hpaDangling,
  'hpa-and-replicas': hpaAndReplicas,
  'hpa-duplicate': hpaDuplicate,
} as const;
