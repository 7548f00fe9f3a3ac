import { contentDigest, isOurs, isUntouched, makePolicy, modeOf, nameOfPolicy, type PolicyMode, recordOf } from './make-policy.ts';
import type { CheckedRequest } from './policy-request.ts';
import type { TracingPolicy } from './template.ts';

/** What applying a request would do. */
export interface PolicyPlan {
  readonly outcome: 'create' | 'change' | 'unchanged' | 'refused';
  /** Why not. */
  readonly reason?: string;
  /** The object that would be there. */
  readonly policy: TracingPolicy;
  readonly mode: PolicyMode;
  /** Field by field, `-` what is there, `+` what would be. */
  readonly diff: readonly string[];
  readonly notes: readonly string[];
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Differences of what is written; fields that others or the API server added are left out. */
export const diffOf = (live: unknown, wanted: unknown, path = ''): readonly string[] => {
  if (isObject(wanted)) {
    const before = isObject(live) ? live : {};
    return Object.entries(wanted).flatMap(([key, value]) => diffOf(before[key], value, `${path}/${key}`));
  }
  if (Array.isArray(wanted)) {
    const before: readonly unknown[] = Array.isArray(live) ? live : [];
    const length = Math.max(before.length, wanted.length);
    return Array.from({ length }, (_, i) =>
      i >= wanted.length ? [`- ${path}/${i}: ${show(before[i])}`] : diffOf(before[i], wanted[i], `${path}/${i}`),
    ).flat();
  }
  if (wanted === undefined || live === wanted) return [];
  return [...(live === undefined ? [] : [`- ${path}: ${show(live)}`]), `+ ${path}: ${show(wanted)}`];
};

/** Selectors are compared whole: a label that was taken away narrows nothing any more. */
const gone = (live: TracingPolicy | undefined, wanted: TracingPolicy): readonly string[] =>
  Object.entries(live?.spec?.podSelector?.matchLabels ?? {}).flatMap(([key, value]) =>
    wanted.spec?.podSelector?.matchLabels?.[key] === undefined ? [`- /spec/podSelector/matchLabels/${key}: ${show(value)}`] : [],
  );

/** What applying would do to what is there. Pure. New content is always watched first, also where an older one was enforced. */
export const planPolicy = (request: CheckedRequest, live: TracingPolicy | undefined, by: string, now: string): PolicyPlan => {
  const fresh = makePolicy(request, 'monitor', { appliedBy: by, watchedSince: now });
  const { notes } = request.template;
  if (!live) return { outcome: 'create', policy: fresh, mode: 'monitor', diff: diffOf(undefined, { spec: fresh.spec }), notes };
  if (!isOurs(live))
    return {
      outcome: 'refused',
      reason: `the policy ${nameOfPolicy(request.name)} is not ours: it lacks our label. Choose another name.`,
      policy: fresh,
      mode: 'monitor',
      diff: [],
      notes,
    };
  const isSame = contentDigest(live) === contentDigest(fresh) && isUntouched(live);
  const mode = modeOf(live);
  if (isSame) return { outcome: 'unchanged', policy: makePolicy(request, mode, recordOf(live)), mode, diff: [], notes };
  return {
    outcome: 'change',
    policy: fresh,
    mode: 'monitor',
    diff: [...gone(live, fresh), ...diffOf({ spec: live.spec }, { spec: fresh.spec })],
    notes: mode === 'enforce' ? ['It is enforced now. What is changed is watched first, and has to be promoted again.', ...notes] : notes,
  };
};

export interface Approval {
  readonly by: string;
  readonly reason: string;
}

/** Why a policy cannot be enforced now; undefined where it can. `leastWatchedMs`: how long its content has to have been watched. */
export const promotionProblem = (
  live: TracingPolicy,
  { by, reason }: Approval,
  {
    nowMs,
    watchedSinceMs,
    leastWatchedMs,
  }: { readonly nowMs: number; readonly watchedSinceMs: number | undefined; readonly leastWatchedMs: number },
): string | undefined => {
  if (!isOurs(live)) return 'it is not ours: it lacks our label';
  if (by.trim() === '' || reason.trim().length < 5) return 'an approval names who gives it, and why';
  if (modeOf(live) === 'enforce') return 'it is enforced already';
  if (!isUntouched(live)) return 'it was changed by somebody else since it was applied: apply it again, so that it is watched first';
  if (watchedSinceMs === undefined) return 'it does not say since when it is watched: apply it again';
  const leftMs = watchedSinceMs + leastWatchedMs - nowMs;
  return leftMs > 0 ? `it has to be watched for ${Math.ceil(leftMs / 60_000)} minutes more before it may stop anything` : undefined;
};
