import type { ActivePolicy } from '../select/policy-set.ts';
import { API_RESOURCES, type ApiResource, groupKindOfResource, POD_RESOURCES } from './api-resources.ts';

/** A ValidatingAdmissionPolicy or its binding, ready to be written. */
export type VapObject = Readonly<Record<string, unknown>>;

export interface VapExport {
  /** Policy and binding, one pair after the other. */
  readonly objects: readonly VapObject[];
  /** Ids that CEL cannot say, or not with these params. */
  readonly left: readonly string[];
}

export interface VapExportOptions {
  /** Namespaces that stay outside, so that nobody is locked out. */
  readonly exemptNamespaces: readonly string[];
}

const API_VERSION = 'admissionregistration.k8s.io/v1';
const podOf = (object: string): string =>
  `${object}.kind == 'Pod' ? ${object}.spec : ${object}.kind == 'CronJob' ? ${object}.spec.jobTemplate.spec.template.spec : ` +
  `${object}.kind == 'PodTemplate' ? ${object}.template.spec : ${object}.spec.template.spec`;

/** What expressions about pods may use; computed when first read, and once per request. */
const POD_VARIABLES = [
  { name: 'pod', expression: podOf('object') },
  {
    name: 'metadata',
    expression:
      "object.kind == 'Pod' ? object.metadata : object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template.?metadata.orValue({}) : " +
      "object.kind == 'PodTemplate' ? object.template.?metadata.orValue({}) : object.spec.template.?metadata.orValue({})",
  },
  {
    name: 'containers',
    expression: 'variables.pod.containers + variables.pod.?initContainers.orValue([]) + variables.pod.?ephemeralContainers.orValue([])',
  },
  // As the webhook has it: who scales or relabels an object that was bad before is not stopped.
  { name: 'unchanged', expression: `request.operation == 'UPDATE' && variables.pod == (${podOf('oldObject')})` },
] as const;

/** Policies of ours as ValidatingAdmissionPolicies, which the API server judges by itself: they hold also while the webhook is away. */
export const exportVap = (policies: readonly ActivePolicy[], { exemptNamespaces }: VapExportOptions): VapExport => {
  const objects: VapObject[] = [];
  const left: string[] = [];
  for (const entry of policies) {
    const resources = resourcesOf(entry);
    if (entry.policy.vap === undefined || resources.length === 0 || hasOwnParams(entry)) left.push(entry.policy.id);
    else objects.push(policyObject(entry, entry.policy.vap, resources), bindingObject(entry, exemptNamespaces));
  }
  return { objects, left };
};

/** The expressions are written for the defaults. */
const hasOwnParams = ({ policy, params }: ActivePolicy): boolean => JSON.stringify(params) !== JSON.stringify(policy.defaultParams);

const resourcesOf = ({ policy: { match } }: ActivePolicy): readonly ApiResource[] => {
  if (match.target !== 'object') return POD_RESOURCES;
  return API_RESOURCES.filter((resource) => match.kinds?.includes(groupKindOfResource(resource)) ?? false);
};

const nameOf = (id: string): string => `bellwether-${id}`;
const LABELS = { 'app.kubernetes.io/name': 'bellwether', 'app.kubernetes.io/component': 'admission' } as const;

const policyObject = ({ policy }: ActivePolicy, expressions: readonly string[], resources: readonly ApiResource[]): VapObject => {
  const isAboutPods = policy.match.target !== 'object';
  return {
    apiVersion: API_VERSION,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: nameOf(policy.id), labels: LABELS },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: rulesOf(resources, isAboutPods) },
      ...(isAboutPods ? { variables: POD_VARIABLES } : {}),
      validations: expressions.map((expression) => ({
        expression: isAboutPods ? `variables.unchanged || (${expression})` : expression,
        message: messageOf(policy.title, policy.fix),
        reason: 'Forbidden',
      })),
    },
  };
};

// The API server takes no message with a line break.
const messageOf = (title: string, fix: string): string => `${title}. ${fix}`.replaceAll(/\s+/g, ' ').trim();

const rulesOf = (resources: readonly ApiResource[], isAboutPods: boolean): object[] => {
  const groups = [...new Set(resources.map(({ group, version }) => `${group}/${version}`))];
  return groups.map((key) => {
    const own = resources.filter(({ group, version }) => `${group}/${version}` === key);
    const names = own.map(({ resource }) => resource);
    return {
      apiGroups: [own[0]!.group],
      apiVersions: [own[0]!.version],
      operations: ['CREATE', 'UPDATE'],
      resources: isAboutPods && names.includes('pods') ? [...names, 'pods/ephemeralcontainers'] : names,
    };
  });
};

const ACTIONS = { deny: 'Deny', warn: 'Warn', audit: 'Audit' } as const;

const bindingObject = ({ policy, action }: ActivePolicy, exemptNamespaces: readonly string[]): VapObject => ({
  apiVersion: API_VERSION,
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: nameOf(policy.id), labels: LABELS },
  spec: {
    policyName: nameOf(policy.id),
    validationActions: [ACTIONS[action]],
    matchResources: {
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [...exemptNamespaces] }],
      },
    },
  },
});
