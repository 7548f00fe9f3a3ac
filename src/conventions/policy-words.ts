/** How bad a finding is, the least first. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

/** What a host does about a finding, the weakest first. `off` policies are not evaluated. */
export const ACTIONS = ['off', 'audit', 'warn', 'deny'] as const;

/** Sets of policies to begin with: the two levels of the Pod Security Standards, what every team should look at, everything. */
export const PROFILES = ['baseline', 'restricted', 'recommended', 'strict'] as const;

/** API group and version of all kinds of ours. */
export const API_VERSION = 'bellwether.dev/v1alpha1';

/** Accepted findings, in the namespace of the objects. */
export const EXCEPTION_KIND = { apiVersion: API_VERSION, kind: 'PolicyException' } as const;

/** Which policies are in force, for the whole cluster. */
export const CONFIGURATION_KIND = { apiVersion: API_VERSION, kind: 'PolicyConfiguration' } as const;

/** Labels of a namespace that choose its policies, beside those of Pod Security admission. */
export const NAMESPACE_LABELS = {
  /** A profile in place of the configured one. */
  profile: 'bellwether.dev/profile',
  /** `audit`, `warn` or `deny`: the strongest action in this namespace. */
  mode: 'bellwether.dev/mode',
  /** `true`: the API server does not ask the webhook about this namespace. */
  ignore: 'bellwether.dev/ignore',
} as const;
