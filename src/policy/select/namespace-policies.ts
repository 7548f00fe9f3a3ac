import { NAMESPACE_LABELS } from '../../conventions/index.ts';
import { type EvaluationContext, evaluate } from '../evaluate.ts';
import { compileGlob } from '../exceptions/glob.ts';
import { ACTIONS, type Action, type Finding } from '../model/finding.ts';
import { LATEST_PSS_MINOR, type Policy, PSS_LEVELS, type PssLevel } from '../model/policy.ts';
import { type JsonRecord, own, stringOf } from '../model/value.ts';
import { type ActivePolicy, createPolicySet, type PolicySet, policySetOf, type Selection } from './policy-set.ts';
import { PROFILES, type ProfileName, parseMinor } from './profile.ts';

const POD_SECURITY = 'pod-security.kubernetes.io/';

/** What differs in some namespaces. */
export interface NamespaceRule {
  /** Globs of names; all where absent. */
  readonly names?: readonly string[];
  /** Labels that the namespace must have, values by glob. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Laid over the selection for all namespaces, key by key. */
  readonly selection: Selection;
  readonly mode?: Mode;
}

export type Mode = Exclude<Action, 'off'>;

export interface NamespacePoliciesOptions {
  readonly selection: Selection;
  /** The first that fits counts. */
  readonly rules?: readonly NamespaceRule[];
  /** Whether `pod-security.kubernetes.io/*` labels say what is denied. */
  readonly podSecurityLabels?: boolean;
}

/** The policies of one namespace. */
export interface NamespacePolicies {
  /** As `evaluate`, with the actions of this namespace. */
  evaluate(object: JsonRecord, context: Omit<EvaluationContext, 'policies'>): Finding[];
  /** Number of policies in force. */
  readonly size: number;
}

/** Policies by namespace; made once per combination of labels and rules. */
export interface PolicyChooser {
  /** `name` is undefined for objects without a namespace; labels of an unknown namespace are empty. */
  in(name: string | undefined, labels?: JsonRecord, part?: PolicyPart): NamespacePolicies;
}

/** The Pod Security Standards, or everything else: two webhooks with failure policies of their own. */
export type PolicyPart = 'pod-security' | 'others';

// Whoever may label namespaces must not be able to fill the memory.
const MAX_CACHED = 500;

/**
 * Throws `invalid_config` where a selection is wrong, at once. In a namespace with an `enforce` label of Pod Security that level and version are
 * denied, and what else the configured profile knows of Pod Security is a warning; `warn` and `audit` labels only add.
 */
export const createPolicyChooser = (pack: readonly Policy[], options: NamespacePoliciesOptions): PolicyChooser => {
  const { selection, rules = [], podSecurityLabels = true } = options;
  const cache = new Map<string, NamespacePolicies>();
  const compiled = rules.map((rule) => ({ rule, fits: compileRule(rule), selection: overlay(selection, rule.selection) }));
  for (const one of [selection, ...compiled.map((rule) => rule.selection)]) createPolicySet(pack, one);

  const make = (index: number, labels: Labels, part: PolicyPart | undefined): NamespacePolicies => {
    const rule = compiled[index];
    const chosen = { ...(rule?.selection ?? selection), ...(labels.profile === undefined ? {} : { profile: labels.profile }) };
    const configured = createPolicySet(pack, chosen);
    const enforced = labels.enforce;
    const sets = [
      enforced === undefined ? configured : withoutDenial(configured),
      ...[[enforced, 'deny'] as const, [labels.warn, 'warn'] as const, [labels.audit, 'audit'] as const].flatMap(([target, action]) =>
        target === undefined ? [] : [podSecuritySet(pack, target, action, chosen)],
      ),
    ]
      .map((set) => partOf(set, part))
      .filter(({ policies }) => policies.length > 0);
    return namespacePoliciesOf(sets, weakest(rule?.rule.mode, labels.mode));
  };

  return {
    in: (name, all = {}, part = undefined) => {
      const labels = readLabels(all, podSecurityLabels);
      const index = name === undefined ? -1 : compiled.findIndex(({ fits }) => fits(name, all));
      const key = JSON.stringify([index, labels, part]);
      let found = cache.get(key);
      if (!found) {
        found = make(index, labels, part);
        if (cache.size >= MAX_CACHED) cache.clear();
        cache.set(key, found);
      }
      return found;
    },
  };
};

interface PodSecurityTarget {
  readonly level: PssLevel;
  readonly minor: number;
}

interface Labels {
  readonly profile: ProfileName | undefined;
  readonly mode: Mode | undefined;
  readonly enforce: PodSecurityTarget | undefined;
  readonly warn: PodSecurityTarget | undefined;
  readonly audit: PodSecurityTarget | undefined;
}

/** Values that are none are as absent: a namespace is not made unusable by a mistyped label. */
const readLabels = (labels: JsonRecord, podSecurity: boolean): Labels => {
  const oneOf = <T extends string>(key: string, known: readonly T[]): T | undefined => known.find((one) => one === own(labels, key));
  const target = (mode: string): PodSecurityTarget | undefined => {
    const level = podSecurity ? oneOf(`${POD_SECURITY}${mode}`, PSS_LEVELS) : undefined;
    if (level === undefined) return undefined;
    return { level, minor: parseMinor(stringOf(own(labels, `${POD_SECURITY}${mode}-version`)) ?? 'latest') ?? LATEST_PSS_MINOR };
  };
  return {
    profile: oneOf(NAMESPACE_LABELS.profile, PROFILES),
    mode: oneOf(NAMESPACE_LABELS.mode, ['audit', 'warn', 'deny'] as const),
    enforce: target('enforce'),
    warn: target('warn'),
    audit: target('audit'),
  };
};

const compileRule = ({ names, labels = {} }: NamespaceRule): ((name: string, labels: JsonRecord) => boolean) => {
  const nameTests = names?.map(compileGlob);
  const labelTests = Object.entries(labels).map(([key, glob]) => [key, compileGlob(glob)] as const);
  return (name, given) =>
    (nameTests === undefined || nameTests.some((test) => test(name))) &&
    labelTests.every(([key, test]) => {
      const value = stringOf(own(given, key));
      return value !== undefined && test(value);
    });
};

const overlay = (base: Selection, over: Selection): Selection => ({
  ...base,
  ...over,
  params: { ...base.params, ...over.params },
  actions: { ...base.actions, ...over.actions },
  severities: { ...base.severities, ...over.severities },
});

const withActions = (set: PolicySet, change: (entry: ActivePolicy) => Mode): PolicySet =>
  policySetOf(
    set.policies.map((entry) => ({ ...entry, action: change(entry) })),
    set.pss,
  );

const partOf = (set: PolicySet, part: PolicyPart | undefined): PolicySet =>
  part === undefined
    ? set
    : policySetOf(
        set.policies.filter(({ policy }) => (policy.pss !== undefined) === (part === 'pod-security')),
        set.pss,
      );

const withoutDenial = (set: PolicySet): PolicySet =>
  withActions(set, ({ policy, action }) => (policy.pss !== undefined && action === 'deny' ? 'warn' : action));

const podSecuritySet = (
  pack: readonly Policy[],
  { level, minor }: PodSecurityTarget,
  action: Mode,
  { severities = {} }: Selection,
): PolicySet =>
  level === 'privileged'
    ? policySetOf([], { level, minor })
    : withActions(createPolicySet(pack, { profile: level, pssMinor: minor, severities }), () => action);

const weakest = (a: Mode | undefined, b: Mode | undefined): Mode => {
  const modes = [a, b].filter((mode): mode is Mode => mode !== undefined);
  return modes.sort(byStrength)[0] ?? 'deny';
};

const byStrength = (a: Mode, b: Mode): number => ACTIONS.indexOf(a) - ACTIONS.indexOf(b);

const namespacePoliciesOf = (sets: readonly PolicySet[], mode: Mode): NamespacePolicies => {
  const capped = (finding: Finding): Finding => (byStrength(finding.action, mode) > 0 ? { ...finding, action: mode } : finding);
  return {
    size: new Set(sets.flatMap(({ policies }) => policies.map(({ policy }) => policy.id))).size,
    evaluate: (object, context) => {
      const found = sets.map((policies) => evaluate(object, { ...context, policies }));
      const all = found.length === 1 ? found[0]! : strongest(found.flat());
      return mode === 'deny' ? all : all.map(capped);
    },
  };
};

/** Of findings that several sets have, the one with the strongest action. */
const strongest = (findings: readonly Finding[]): Finding[] => {
  const byPlace = new Map<string, Finding>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.policy, finding.path, finding.container]);
    const known = byPlace.get(key);
    if (!known || byStrength(finding.action, known.action) > 0) byPlace.set(key, finding);
  }
  return [...byPlace.values()];
};
