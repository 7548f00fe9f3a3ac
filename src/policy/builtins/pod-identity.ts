import { FINE, objectRule, podRule, type RuleInput, type Violation } from '../model/policy.ts';
import { listOf, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { viewPods } from '../pods/pod-view.ts';
import { annotationsOf, namespaceOf, serviceAccountOf, serviceAccountPath } from './facts.ts';

const TOKEN_FIELD = 'automountServiceAccountToken';

/** A ServiceAccount that mounts no token, where other objects are known. */
const accountMountsNothing = (input: RuleInput): boolean => {
  if (!input.cluster || !input.pods) return false;
  const account = input.cluster.get('ServiceAccount', namespaceOf(input), serviceAccountOf(input.pods));
  return account?.object[TOKEN_FIELD] === false;
};

/** Pods and ServiceAccounts that mount a token because nobody said no. */
const automountToken = objectRule((object, input) => {
  if (input.pods) {
    const value = input.pods.spec[TOKEN_FIELD];
    if (value === false || (value !== true && accountMountsNothing(input))) return FINE;
    const message =
      value === true
        ? 'the pods mount a token of the API server; write automountServiceAccountToken: false if they do not call it'
        : 'the pods mount a token of the API server by default; write automountServiceAccountToken: false if they do not call it';
    return [{ path: `${input.pods.path}/${TOKEN_FIELD}`, value: value ?? undefined, expected: 'false', message }];
  }
  if (object.kind !== 'ServiceAccount' || object[TOKEN_FIELD] === false) return FINE;
  return [{ path: `${input.base}/${TOKEN_FIELD}`, value: object[TOKEN_FIELD] ?? undefined, expected: 'false' }];
});

/** Pods that run as `default`, and bindings that give it rights. */
const defaultServiceAccount = objectRule((object, input) => {
  if (input.pods) {
    if (serviceAccountOf(input.pods) !== 'default') return FINE;
    const { serviceAccountName, serviceAccount } = input.pods.spec;
    const value = stringOf(serviceAccountName) || stringOf(serviceAccount);
    return [{ path: serviceAccountPath(input.pods), value, expected: 'a ServiceAccount of its own' }];
  }
  if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding') return FINE;
  return listOf(object.subjects).flatMap((item, i): Violation[] => {
    const { kind, name } = recordOf(item);
    if (kind !== 'ServiceAccount' || name !== 'default') return [];
    const message = 'the binding gives rights to the ServiceAccount default, so every pod without its own has them';
    return [{ path: `${input.base}/subjects/${i}/name`, value: 'default', expected: 'a ServiceAccount of its own', message }];
  });
});

/** The old field, where it is not just the copy that the API server writes. */
const saFieldDeprecated = podRule((pod) => {
  const { serviceAccount, serviceAccountName } = pod.spec;
  if (!stringOf(serviceAccount) || serviceAccount === serviceAccountName) return FINE;
  return [{ path: `${pod.path}/serviceAccount`, value: serviceAccount, expected: 'serviceAccountName' }];
});

/** Whoever may update a workload could give it another account's rights. */
const saUpdateBlocked = podRule((pod, { request, oldObject, object, params }) => {
  if (request?.operation !== 'UPDATE' || !oldObject) return FINE;
  if (stringsOf(params.allowedUsers).includes(request.user)) return FINE;
  if (stringsOf(params.allowedGroups).some((group) => request.groups.includes(group))) return FINE;
  const before = viewPods({ ...oldObject, kind: oldObject.kind ?? object.kind, apiVersion: oldObject.apiVersion ?? object.apiVersion });
  if (!before || serviceAccountOf(before) === serviceAccountOf(pod)) return FINE;
  return [{ path: serviceAccountPath(pod), value: serviceAccountOf(pod), expected: serviceAccountOf(before) }];
});

const saMissing = podRule((pod, input) => {
  const name = serviceAccountOf(pod);
  // Every namespace has a `default`.
  if (name === 'default' || !input.cluster || input.cluster.get('ServiceAccount', namespaceOf(input), name)) return FINE;
  return [{ path: serviceAccountPath(pod), value: name, expected: 'a ServiceAccount that exists' }];
});

const MIRROR = 'kubernetes.io/config.mirror';
const HELM_HOOK = 'helm.sh/hook';

/** A Pod that nothing starts again. Pods of Helm hooks run once, static pods belong to the kubelet. */
const nakedPod = objectRule((object, { base }) => {
  if (listOf(recordOf(object.metadata).ownerReferences).length > 0) return FINE;
  const annotations = annotationsOf(object);
  if (Object.hasOwn(annotations, MIRROR) || Object.hasOwn(annotations, HELM_HOOK)) return FINE;
  const isStatic =
    recordOf(object.metadata).namespace === 'kube-system' && recordOf(object.spec).priorityClassName === 'system-node-critical';
  if (isStatic) return FINE;
  return [{ path: `${base}/kind`, value: 'Pod', expected: 'Deployment, StatefulSet, DaemonSet or Job' }];
});

/** Whose rights a pod has, and who looks after it. */
export const POD_IDENTITY_RULES = {
  'automount-sa-token': automountToken,
  'default-service-account': defaultServiceAccount,
  'sa-field-deprecated': saFieldDeprecated,
  'sa-missing': saMissing,
  'sa-update-blocked': saUpdateBlocked,
  'naked-pod': nakedPod,
} as const;
