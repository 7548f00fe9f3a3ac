import type { PROFILES } from '../../conventions/index.ts';
import type { Action, Severity } from '../model/finding.ts';
import { severityRank } from '../model/finding.ts';
import { LATEST_PSS_MINOR, type Policy, type PolicyGroup, type PolicyInfo, type PssLevel } from '../model/policy.ts';

export { PROFILES } from '../../conventions/index.ts';
export type ProfileName = (typeof PROFILES)[number];

export const DEFAULT_PROFILE: ProfileName = 'recommended';

// What every team should look at; the groups cluster and api depend on how a cluster is run.
const RECOMMENDED_GROUPS: ReadonlySet<PolicyGroup> = new Set([
  'pod-security',
  'images',
  'resources',
  'reliability',
  'rbac',
  'network',
  'ingress',
  'secrets',
]);

type Selectable = Pick<Policy, 'pss' | 'severity' | 'group' | 'optIn' | 'requiredParams'>;

/** Whether a profile has a policy: baseline and restricted are the Pod Security Standards, strict is all that has defaults. */
export const isInProfile = ({ pss, severity, group, optIn, requiredParams }: Selectable, profile: ProfileName): boolean => {
  if (profile === 'baseline') return pss?.level === 'baseline';
  if (profile === 'restricted') return pss !== undefined;
  if (optIn || requiredParams.length > 0) return false;
  return profile === 'strict' || (RECOMMENDED_GROUPS.has(group) && severityRank(severity) >= severityRank('medium'));
};

/** The level by which rules that differ between levels judge. */
export const pssLevelOf = (profile: ProfileName): PssLevel =>
  profile === 'restricted' || profile === 'strict' ? 'restricted' : 'baseline';

/** Pod Security Standards reject whatever the severity; elsewhere lesser findings are warnings. */
export const defaultAction = (profile: ProfileName, severity: Severity): Action => {
  if (profile === 'baseline' || profile === 'restricted') return 'deny';
  return severityRank(severity) >= severityRank('high') ? 'deny' : 'warn';
};

// `1.24`, `v1.24`; a patch version is what people copy from `kubectl version`.
const VERSION = /^v?1\.(\d{1,3})(?:\.\d+)?$/;

/** `latest`, `1.24` or `v1.24` as a minor version; undefined where it is none. Versions after the newest known one count as that one. */
export const parseMinor = (version: string, latest: number = LATEST_PSS_MINOR): number | undefined => {
  if (version === 'latest') return latest;
  const match = VERSION.exec(version);
  return match ? Math.min(Number(match[1]), latest) : undefined;
};

/** Whether a Pod Security Standards policy exists in a version; others always do. */
export const existsIn = ({ pss }: Pick<PolicyInfo, 'pss'>, minor: number): boolean =>
  pss === undefined || Number(pss.since.slice(2)) <= minor;
