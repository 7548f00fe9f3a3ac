import type { ClusterIndex } from './cluster/cluster-index.ts';
import { compileMessage, type MessageTemplate } from './message.ts';
import type { Finding } from './model/finding.ts';
import { groupKindOf, type ObjectRef, placeObjects, refOf } from './model/kubernetes-object.ts';
import { FINE, type Policy, type RequestInfo, type RuleInput, type Violation } from './model/policy.ts';
import { type JsonRecord, listOf, recordOf, stringOf } from './model/value.ts';
import { patchFor } from './patch.ts';
import { MAX_CONTAINERS, type PodPaths, type PodView, podPathOf, viewPods } from './pods/pod-view.ts';
import type { ActivePolicy, PolicySet } from './select/policy-set.ts';

/** The newest Kubernetes version whose API changes are known here. */
export const LATEST_KUBERNETES_MINOR = 37;

/** What a host knows beside the object. Only `policies` is needed. */
export interface EvaluationContext {
  readonly policies: PolicySet;
  readonly request?: RequestInfo;
  readonly oldObject?: JsonRecord;
  readonly namespaceObject?: JsonRecord;
  /** Other objects. Without it, policies that need them are skipped. */
  readonly cluster?: ClusterIndex;
  /** `object`: only policies that never look at other objects; `cluster`: only those that do; both by default. */
  readonly part?: 'object' | 'cluster';
  readonly podPaths?: PodPaths;
  readonly kubernetesMinor?: number;
  readonly nowMs?: number;
  readonly duplicateKeys?: readonly string[];
  /** Whether findings get a `patch` where their policy names the right value. */
  readonly withPatches?: boolean;
}

/**
 * Judges one document: an object, or a List of objects. Pure and synchronous; never throws for what an object contains.
 * Findings come in the order of objects, then of policies. `decide` and `applyExceptions` come after it.
 */
export const evaluate = (document: JsonRecord, context: EvaluationContext): Finding[] =>
  placeObjects(document).flatMap(({ object, path }) => evaluateObject(object, path, context));

/** The same for an object whose place in its document is known; Lists are not taken apart. */
export const evaluateObject = (object: JsonRecord, base: string, context: EvaluationContext): Finding[] => {
  const { policies, cluster, part } = context;
  const pods = viewPods(object, base, context.podPaths);
  const makesPods = pods !== undefined || podPathOf(object, context.podPaths) !== undefined;
  const active = policies.forKind(groupKindOf(object), makesPods);
  const findings: Finding[] = [];
  if (active.length === 0) return findings;
  const shared = inputOf(object, base, pods, context);
  const about = { ref: refOf(object), owner: ownerOf(object), pods };
  for (const entry of active) {
    const { needs } = entry.policy.match;
    if (needs === 'cluster' && cluster === undefined) continue;
    if (part !== undefined && part !== (needs === 'nothing' ? 'object' : 'cluster')) continue;
    shared.params = entry.params;
    for (const violation of checkSafely(entry.policy, object, pods, shared)) {
      const patch = context.withPatches === true ? patchFor(entry.policy, object, base, violation.path) : undefined;
      findings.push(toFinding(entry, patch === undefined ? violation : { ...violation, patch }, about));
    }
  }
  return findings;
};

const inputOf = (
  object: JsonRecord,
  base: string,
  pods: PodView | undefined,
  context: EvaluationContext,
): { -readonly [K in keyof RuleInput]: RuleInput[K] } => ({
  object,
  base,
  params: {},
  pods,
  pss: context.policies.pss,
  kubernetesMinor: context.kubernetesMinor ?? LATEST_KUBERNETES_MINOR,
  request: context.request,
  oldObject: context.oldObject,
  namespaceObject: context.namespaceObject,
  cluster: context.cluster,
  nowMs: context.nowMs ?? 0,
  duplicateKeys: context.duplicateKeys ?? [],
});

/** A rule that fails is a finding of its own: neither may it hide the others, nor may what broke it pass. */
const checkSafely = (policy: Policy, object: JsonRecord, pods: PodView | undefined, input: RuleInput): readonly Violation[] => {
  try {
    return check(policy, object, pods, input);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ path: input.base, value: groupKindOf(object), message: `the policy ${policy.id} could not be evaluated: ${why}` }];
  }
};

// Of one policy in one object. Nobody reads more, and a hostile object must not keep a webhook busy.
const MAX_VIOLATIONS = 100;

const check = ({ rule }: Policy, object: JsonRecord, pods: PodView | undefined, input: RuleInput): readonly Violation[] => {
  if (rule.target === 'object') return bounded(rule.check(object, input));
  if (pods === undefined) return FINE;
  // What is not judged may hold anything, so each policy tells it.
  if (pods.omitted > 0) throw new Error(`the pod has more than ${MAX_CONTAINERS} containers`);
  if (rule.target === 'pod') return bounded(rule.check(pods, input));
  let all: Violation[] | undefined;
  for (const container of pods.containers) {
    const violations = rule.check(container, input);
    if (violations.length === 0) continue;
    all ??= [];
    for (const violation of violations)
      all.push(violation.container === undefined ? { ...violation, container: container.name } : violation);
    if (all.length >= MAX_VIOLATIONS) break;
  }
  return all ? bounded(all) : FINE;
};

const bounded = (violations: readonly Violation[]): readonly Violation[] =>
  violations.length > MAX_VIOLATIONS ? violations.slice(0, MAX_VIOLATIONS) : violations;

/** Where a policy's page is, in the repository and in the package. */
export const docsOf = (id: string): string => `docs/policies/${id}.md`;

interface PolicyTexts {
  readonly message: MessageTemplate;
  readonly docs: string;
}

const texts = new WeakMap<Policy, PolicyTexts>();

const textsOf = (policy: Policy): PolicyTexts => {
  let known = texts.get(policy);
  if (!known) {
    known = { message: compileMessage(policy.message), docs: docsOf(policy.id) };
    texts.set(policy, known);
  }
  return known;
};

interface About {
  readonly ref: ObjectRef;
  readonly owner: ObjectRef | undefined;
  readonly pods: PodView | undefined;
}

/** All fields at once, also those without a value: objects that grow cost several times as much, and this is the inner loop of a scan. */
const toFinding = ({ policy, action, severity, params }: ActivePolicy, violation: Violation, { ref, owner, pods }: About): Finding => {
  const { message, docs } = textsOf(policy);
  const { container } = violation;
  return {
    policy: policy.id,
    title: policy.title,
    severity,
    action,
    object: ref,
    owner,
    container,
    image: container === undefined ? undefined : imageOf(pods, container) || undefined,
    path: violation.path,
    message: violation.message ?? message({ violation, object: ref, params }),
    value: violation.value,
    expected: violation.expected,
    fix: violation.fix ?? policy.fix,
    patch: violation.patch,
    docs,
  };
};

const images = new WeakMap<PodView, ReadonlyMap<string, string>>();

/** By a map, because a hostile pod may have ten thousand containers with ten findings each. */
const imageOf = (pods: PodView | undefined, container: string): string | undefined => {
  if (!pods) return undefined;
  let byName = images.get(pods);
  if (!byName) {
    byName = new Map(pods.containers.map(({ name, spec }) => [name, stringOf(spec.image) ?? '']));
    images.set(pods, byName);
  }
  return byName.get(container);
};

const ownerOf = (object: JsonRecord): ObjectRef | undefined => {
  const metadata = recordOf(object.metadata);
  const owner = listOf(metadata.ownerReferences)
    .map(recordOf)
    .find(({ controller }) => controller === true);
  return owner ? { ...refOf({ ...owner, metadata: { name: owner.name, namespace: stringOf(metadata.namespace) } }) } : undefined;
};
