import { BellwetherError } from '../../platform/index.ts';
import { type CelBody, createCelRule } from '../bodies/cel-body.ts';
import type { Severity } from '../model/finding.ts';
import { SEVERITIES } from '../model/finding.ts';
import { groupKindOf, groupOf } from '../model/kubernetes-object.ts';
import { FINE, objectRule, type Policy, type Rule } from '../model/policy.ts';
import { isRecord, type JsonRecord, listOf, own, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { API_RESOURCES, groupKindOfResource, POD_RESOURCES } from './api-resources.ts';

/** Groups and kinds that `importPolicies` reads. */
const FORMS: Readonly<Record<string, string>> = {
  ValidatingAdmissionPolicy: 'admissionregistration.k8s.io',
  ValidatingPolicy: 'policies.kyverno.io',
  NamespacedValidatingPolicy: 'policies.kyverno.io',
};

/** A ValidatingAdmissionPolicy, or a ValidatingPolicy of Kyverno. */
export const isForeignPolicy = (document: JsonRecord): boolean =>
  own(FORMS, stringOf(document.kind) ?? '') === groupOf(document) && groupOf(document) !== '';

const CEL_KEYS = ['matchConditions', 'variables', 'validations'] as const;

/** Policies out of ValidatingAdmissionPolicies and ValidatingPolicies; bindings beside them say the action. Throws `invalid_config`. */
export const importPolicies = (documents: readonly JsonRecord[], source: string): readonly Policy[] => {
  const bindings = documents.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding').map(({ spec }) => recordOf(spec));
  return documents.filter(isForeignPolicy).map((document) => {
    const name = stringOf(recordOf(document.metadata).name) ?? '';
    const denies = [document.spec, ...bindings.filter(({ policyName }) => policyName === name)].some((spec) =>
      stringsOf(recordOf(spec).validationActions).includes('Deny'),
    );
    return importPolicy(document, name, denies, source);
  });
};

const importPolicy = (document: JsonRecord, name: string, denies: boolean, source: string): Policy => {
  const spec = recordOf(document.spec);
  const problem = (text: string): never => {
    throw new BellwetherError('invalid_config', `${source}: ${String(document.kind)} ${name || 'without a name'}: ${text}`);
  };
  const id = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  if (id === '') problem('metadata.name is missing');
  if (spec.paramKind !== undefined) problem('it needs params (spec.paramKind), which cannot be given here');
  if (listOf(spec.validations).length === 0) problem('spec.validations is empty');
  const kinds = kindsOf(recordOf(spec.matchConstraints));
  if (kinds.length === 0) problem('spec.matchConstraints.resourceRules names no resource that is known here');
  const annotations = recordOf(recordOf(document.metadata).annotations);
  const title = stringOf(own(annotations, 'policies.kyverno.io/title')) ?? name;
  const why = stringOf(own(annotations, 'policies.kyverno.io/description'))?.trim() || `The policy ${name} of ${source}.`;
  const isOnPods = coversControllers(document, kinds);
  try {
    const rule = createCelRule('object', bodyOf(spec));
    return {
      id,
      group: 'cluster',
      title,
      severity: severityOf(annotations, denies),
      aliases: {},
      why,
      fix: 'Change what the message names.',
      links: [],
      optIn: false,
      params: {},
      match: { target: 'object', kinds: isOnPods ? [...new Set([...kinds, ...POD_KINDS])] : kinds, needs: 'nothing' },
      message: `{kind} {name} does not fit the policy ${name}`,
      examples: { good: [], bad: [] },
      rule: isOnPods ? onPods(rule, kinds) : rule,
      requiredParams: [],
      defaultParams: {},
      parseParams: () => ({}),
    };
  } catch (error) {
    return problem((error as Error).message.split('\n')[0] ?? '');
  }
};

const bodyOf = (spec: JsonRecord): CelBody => {
  const body = Object.fromEntries(CEL_KEYS.map((key) => [key, listOf(spec[key]).filter(isRecord)]));
  return body as unknown as CelBody;
};

const severityOf = (annotations: JsonRecord, denies: boolean): Severity => {
  const given = own(annotations, 'policies.kyverno.io/severity');
  return SEVERITIES.find((severity) => severity === given) ?? (denies ? 'high' : 'medium');
};

const POD_KINDS: readonly string[] = POD_RESOURCES.map(groupKindOfResource);

/** Kyverno lays a policy on Pods over everything that makes them, unless it is told not to. */
const coversControllers = (document: JsonRecord, kinds: readonly string[]): boolean => {
  const { controllers } = recordOf(recordOf(recordOf(document.spec).autogen).podControllers);
  return groupOf(document) === FORMS.ValidatingPolicy && kinds.includes('Pod') && !(Array.isArray(controllers) && controllers.length === 0);
};

/** The pods of a controller are judged as if each were there, with the places where they really stand. */
const onPods = (rule: Rule, kinds: readonly string[]): Rule => {
  if (rule.target !== 'object') return rule;
  const { check } = rule;
  return objectRule((object, input) => {
    const { pods, base } = input;
    if (kinds.includes(groupKindOf(object))) return check(object, input);
    if (pods === undefined) return FINE;
    const metadata = { ...pods.metadata, namespace: recordOf(object.metadata).namespace };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: pods.spec };
    const place = pods.path.slice(0, -'/spec'.length);
    return check(pod, { ...input, object: pod, base: place.startsWith(base) ? place : base });
  });
};

const kindsOf = ({ resourceRules }: JsonRecord): string[] => {
  const found = new Set<string>();
  for (const rule of listOf(resourceRules).map(recordOf)) {
    const has = (key: string, value: string): boolean => {
      const list = stringsOf(rule[key]);
      return list.includes('*') || list.includes(value);
    };
    for (const resource of API_RESOURCES)
      if (has('apiGroups', resource.group) && has('resources', resource.resource)) found.add(groupKindOfResource(resource));
  }
  return [...found];
};
