import { BellwetherError, nearestName } from '../../platform/index.ts';
import type { Action, Severity } from '../model/finding.ts';
import { LATEST_PSS_MINOR, type Params, type Policy, type PssTarget } from '../model/policy.ts';
import { DEFAULT_PROFILE, defaultAction, existsIn, isInProfile, type ProfileName, pssLevelOf } from './profile.ts';

/** What a user says about policies. Ids that do not exist are refused. */
export interface Selection {
  readonly profile?: ProfileName;
  /** Exactly these, whatever the profile has. */
  readonly only?: readonly string[];
  readonly pssMinor?: number;
  readonly params?: Readonly<Record<string, unknown>>;
  /** A policy that is outside the profile and gets an action here is added. */
  readonly actions?: Readonly<Record<string, Action>>;
  readonly severities?: Readonly<Record<string, Severity>>;
}

/** A policy with what the user decided. */
export interface ActivePolicy {
  readonly policy: Policy;
  readonly action: Exclude<Action, 'off'>;
  readonly severity: Severity;
  readonly params: Params;
}

/** The policies in force, made once and used for many objects. */
export interface PolicySet {
  readonly pss: PssTarget;
  readonly policies: readonly ActivePolicy[];
  /** Those that concern objects of a kind. */
  forKind(groupKind: string, makesPods: boolean): readonly ActivePolicy[];
}

/** Throws `invalid_config`, all problems at once: unknown ids, wrong or missing params. */
export const createPolicySet = (pack: readonly Policy[], selection: Selection = {}): PolicySet => {
  const profile = selection.profile ?? DEFAULT_PROFILE;
  const minor = selection.pssMinor ?? LATEST_PSS_MINOR;
  const problems = unknownIds(pack, selection);
  const policies = pack.flatMap((policy): ActivePolicy[] => {
    if (!isWanted(policy, profile, selection) || !existsIn(policy, minor)) return [];
    const severity = own(selection.severities, policy.id) ?? policy.severity;
    const action = own(selection.actions, policy.id) ?? defaultAction(profile, severity);
    if (action === 'off') return [];
    try {
      return [{ policy, action, severity, params: policy.parseParams(own(selection.params, policy.id)) }];
    } catch (error) {
      problems.push((error as Error).message);
      return [];
    }
  });
  if (problems.length > 0) throw new BellwetherError('invalid_config', problems.join('\n'));
  return policySetOf(policies, { level: pssLevelOf(profile), minor });
};

/** A set of policies that are chosen already. */
export const policySetOf = (policies: readonly ActivePolicy[], pss: PssTarget): PolicySet => {
  const cache = new Map<string, readonly ActivePolicy[]>();
  return {
    pss,
    policies,
    forKind: (groupKind, makesPods) => {
      const key = makesPods ? `${groupKind} pods` : groupKind;
      let found = cache.get(key);
      if (!found) {
        found = policies.filter(({ policy }) => concerns(policy, groupKind, makesPods));
        // Kinds come from outside: a file with a new kind per document must not fill the memory.
        if (cache.size < MAX_CACHED_KINDS) cache.set(key, found);
      }
      return found;
    },
  };
};

const MAX_CACHED_KINDS = 500;

const concerns = ({ match: { target, kinds } }: Policy, groupKind: string, makesPods: boolean): boolean => {
  const isKind = kinds === undefined || kinds.includes('*') || kinds.includes(groupKind);
  return target === 'object' ? isKind : makesPods && isKind;
};

const own = <T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;

const isWanted = (policy: Policy, profile: ProfileName, { only, actions, params }: Selection): boolean => {
  if (only) return only.includes(policy.id);
  if (own(actions, policy.id) !== undefined) return true;
  if (isInProfile(policy, profile)) return true;
  // Who gives the params that a policy was waiting for wants it.
  const given = own(params, policy.id);
  return given !== undefined && policy.requiredParams.length > 0 && (profile === 'recommended' || profile === 'strict');
};

const unknownIds = (pack: readonly Policy[], { only = [], params = {}, actions = {}, severities = {} }: Selection): string[] => {
  const known = new Set(pack.map(({ id }) => id));
  const named = [...only, ...Object.keys(params), ...Object.keys(actions), ...Object.keys(severities)];
  return [...new Set(named)].filter((id) => !known.has(id)).map((id) => noSuchPolicy(id, [...known]));
};

/** What to say about an id that no policy has. */
export const noSuchPolicy = (id: string, known: readonly string[]): string => {
  const guess = nearestName(id, known);
  return `there is no policy ${id}${guess === undefined ? '' : `, did you mean ${guess}?`}; bellwether scan --list shows all`;
};
