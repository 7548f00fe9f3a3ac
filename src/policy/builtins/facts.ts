import { groupKindOf } from '../model/kubernetes-object.ts';
import type { RuleInput } from '../model/policy.ts';
import { isAbsent, type JsonRecord, listOf, own, recordOf, stringOf } from '../model/value.ts';
import type { PodView } from '../pods/pod-view.ts';

const JOB_KINDS: ReadonlySet<unknown> = new Set(['Job', 'CronJob', 'BroadcastJob', 'AdvancedCronJob']);

/** Pods that end by themselves: of a Job, or a Pod that is not restarted. Probes, spreading and replicas do not concern them. */
export const runsToCompletion = ({ object, pods }: RuleInput): boolean =>
  JOB_KINDS.has(object.kind) ||
  (object.kind === 'Pod' &&
    (listOf(recordOf(object.metadata).ownerReferences).some((owner) => JOB_KINDS.has(recordOf(owner).kind)) ||
      pods?.spec.restartPolicy === 'Never' ||
      pods?.spec.restartPolicy === 'OnFailure'));

/** Objects out of a live cluster carry what the API server filled in: defaults, and what controllers wrote. */
export const isLive = ({ object, request }: RuleInput): boolean =>
  request === undefined && !isAbsent(recordOf(object.metadata).resourceVersion);

export const isWrite = ({ request }: RuleInput, operation: 'CREATE' | 'UPDATE'): boolean => request?.operation === operation;

export const annotationsOf = (object: JsonRecord): JsonRecord => recordOf(recordOf(object.metadata).annotations);
export const labelsOf = (object: JsonRecord): JsonRecord => recordOf(recordOf(object.metadata).labels);

/** The namespace that an object says, or that a review says for it; undefined where a file leaves it open. */
export const namespaceOf = ({ object, request }: RuleInput): string | undefined =>
  stringOf(recordOf(object.metadata).namespace) || request?.namespace || undefined;

export const nameOf = (object: JsonRecord): string => stringOf(recordOf(object.metadata).name) ?? '';

/** The ServiceAccount of a pod: the old field counts where the new one is absent, `default` where both are. */
export const serviceAccountOf = ({ spec }: PodView): string =>
  stringOf(spec.serviceAccountName) || stringOf(spec.serviceAccount) || 'default';

/** Where the ServiceAccount of a pod stands, or belongs. */
export const serviceAccountPath = ({ spec, path }: PodView): string =>
  !stringOf(spec.serviceAccountName) && stringOf(spec.serviceAccount) ? `${path}/serviceAccount` : `${path}/serviceAccountName`;

/** Controllers that keep a number of equal pods running. */
const REPLICATED: ReadonlySet<string> = new Set([
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/ReplicaSet',
  'ReplicationController',
  'extensions/Deployment',
  'extensions/ReplicaSet',
  'argoproj.io/Rollout',
  'apps.kruise.io/CloneSet',
  'apps.kruise.io/StatefulSet',
]);

export const isReplicated = (object: JsonRecord): boolean => REPLICATED.has(groupKindOf(object));

/** A controller of this object makes it, so its author cannot change it here. */
export const isControlled = (object: JsonRecord): boolean =>
  listOf(recordOf(object.metadata).ownerReferences).some((owner) => recordOf(owner).controller === true);

/** Replicas as the API server counts them: absent is 1. */
export const replicasOf = (object: JsonRecord): number => {
  const { replicas } = recordOf(object.spec);
  return typeof replicas === 'number' && Number.isFinite(replicas) ? replicas : 1;
};

/** Whether all pairs of a plain selector are among labels. An empty selector selects nothing here. */
export const pairsMatch = (selector: JsonRecord, labels: JsonRecord): boolean => {
  const pairs = Object.entries(selector);
  return pairs.length > 0 && pairs.every(([key, value]) => own(labels, key) === value);
};
