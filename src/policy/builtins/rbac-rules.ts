import { FINE, objectRule, type Rule, type RuleInput, type Violation } from '../model/policy.ts';
import { type JsonRecord, listOf, recordOf, stringsOf } from '../model/value.ts';
import { labelsOf, nameOf } from './facts.ts';

/** A right to look for in roles. */
export interface Right {
  readonly groups: readonly string[];
  /** With the subresource: `pods/exec`. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** What a holder can do with it, for the message: `run commands in containers`. */
  readonly means: string;
  /** Whether only a rule that names the resource counts, and not `*`. */
  readonly isNamedOnly?: boolean;
  /** Whether a rule with these resourceNames counts. Only one without any by default: naming objects is how rights are kept small. */
  readonly counts?: (names: readonly string[]) => boolean;
}

const BUILT_IN_ROLES: ReadonlySet<string> = new Set(['cluster-admin', 'admin', 'edit', 'view']);

/** Roles that the API server itself keeps. The label alone could be written by anybody. */
const isBootstrapRole = (object: JsonRecord): boolean =>
  labelsOf(object)['kubernetes.io/bootstrapping'] === 'rbac-defaults' &&
  (BUILT_IN_ROLES.has(nameOf(object)) || nameOf(object).startsWith('system:'));

const covers = (entry: string, resource: string): boolean => {
  if (entry === '*' || entry === resource) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && entry === `*${resource.slice(slash)}`;
};

/** Verbs of a rule that are among the wanted ones. */
export const grantedVerbs = (rule: JsonRecord, wanted: readonly string[]): readonly string[] =>
  stringsOf(rule.verbs).filter((verb) => verb === '*' || wanted.includes(verb));

const isInGroups = (rule: JsonRecord, groups: readonly string[]): boolean =>
  stringsOf(rule.apiGroups).some((group) => group === '*' || groups.includes(group));

/** The rules of a role with their places; none of roles that the API server keeps. */
export const rulesOf = (object: JsonRecord, { base }: RuleInput): readonly { readonly rule: JsonRecord; readonly path: string }[] =>
  isBootstrapRole(object) ? [] : listOf(object.rules).map((item, i) => ({ rule: recordOf(item), path: `${base}/rules/${i}` }));

const namesNothing = (names: readonly string[]): boolean => names.length === 0;

const judgeRule = (rule: JsonRecord, path: string, right: Right, who: string): Violation[] => {
  const { counts = namesNothing } = right;
  if (!counts(stringsOf(rule.resourceNames)) || !isInGroups(rule, right.groups)) return [];
  const verbs = grantedVerbs(rule, right.verbs);
  if (verbs.length === 0) return [];
  return listOf(rule.resources).flatMap((entry, j): Violation[] => {
    if (
      typeof entry !== 'string' ||
      !right.resources.some((resource) => (right.isNamedOnly ? entry === resource : covers(entry, resource)))
    )
      return [];
    const can = verbs.includes('*') ? 'do everything with' : verbs.join(', ');
    const message = `${who} may ${can} ${entry === '*' ? 'all resources' : entry}: ${right.means}`;
    return [{ path: `${path}/resources/${j}`, value: entry, message }];
  });
};

/** A rule that finds rights in Roles and ClusterRoles, at the resource that gives them. */
export const rightsRule = (...rights: readonly Right[]): Rule =>
  objectRule((object, input) => {
    const who = `${String(object.kind)} ${nameOf(object)}`;
    const found = rulesOf(object, input).flatMap(({ rule, path }) => {
      const all = rights.flatMap((right) => judgeRule(rule, path, right, who));
      // Two rights by one entry are told once.
      return all.filter((violation, i) => all.findIndex((other) => other.path === violation.path) === i);
    });
    return found.length > 0 ? found : FINE;
  });
