import { BellwetherError, type JSONSchema, type Problem, validate } from '../../platform/index.ts';
import { EXCEPTION_SCHEMA } from '../exceptions/exception-schema.ts';
import { type PolicyException, parseException } from '../exceptions/policy-exception.ts';
import { ACTIONS, type Action, SEVERITIES, type Severity } from '../model/finding.ts';
import { DEFAULT_POD_PATHS, type PodPaths } from '../pods/pod-view.ts';
import type { Selection } from '../select/policy-set.ts';
import { PROFILES, type ProfileName, parseMinor } from '../select/profile.ts';

// The form of a version; what it means is checked by parseMinor.
const VERSION = { type: 'string', pattern: '^(latest|v?1\\.[0-9]{1,3}(\\.[0-9]+)?)$' } as const;

/** `bellwether scan --config FILE`, and `spec` of the resource from which the webhook is set up. */
export const POLICY_CONFIG_SCHEMA = {
  type: 'object',
  description: 'Which policies are in force, how, and what is accepted.',
  properties: {
    profile: { enum: PROFILES, description: 'Which policies to begin with.' },
    pssVersion: { ...VERSION, description: 'Version of the Pod Security Standards, such as "1.30", or latest.' },
    kubernetesVersion: { ...VERSION, description: 'Version of the cluster, for removed and deprecated APIs.' },
    policies: {
      type: 'object',
      description: 'Policy id to what is different from the profile.',
      additionalProperties: {
        type: 'object',
        properties: {
          action: { enum: ACTIONS, description: 'deny, warn, audit or off; a policy outside the profile that gets one is added.' },
          severity: { enum: SEVERITIES, description: 'In place of the policy own severity.' },
          params: { type: 'object', description: 'Parameters of the policy.', additionalProperties: true },
        },
        additionalProperties: false,
      },
    },
    podPaths: {
      type: 'object',
      description: 'Custom resources that make pods: group/Kind to the JSON Pointer of the pod template.',
      additionalProperties: { type: 'string', pattern: '^(/[^/]+)*$' },
    },
    exceptions: { type: 'array', items: EXCEPTION_SCHEMA, description: 'Accepted findings.' },
  },
  additionalProperties: false,
} as const satisfies JSONSchema;

/** A configuration, checked and ready to be used. */
export interface PolicyConfig {
  readonly selection: Selection;
  readonly exceptions: readonly PolicyException[];
  readonly podPaths: PodPaths;
  readonly kubernetesMinor: number | undefined;
}

interface PolicyOverride {
  readonly action?: Action;
  readonly severity?: Severity;
  readonly params?: object;
}

/** Throws `invalid_config` with all that is wrong; `source` names the file. Unknown policy ids are told by `createPolicySet`. */
export const parsePolicyConfig = (content: unknown, source: string, nowMs: number): PolicyConfig => {
  const checked = validate(POLICY_CONFIG_SCHEMA, content ?? {});
  if (!checked.ok) throw refused(source, checked.problems);
  const { profile, pssVersion, kubernetesVersion, policies = {}, podPaths = {}, exceptions = [] } = checked.value;
  const overrides = Object.entries(policies as Readonly<Record<string, PolicyOverride>>);
  const pick = <K extends keyof PolicyOverride>(key: K): Record<string, NonNullable<PolicyOverride[K]>> =>
    Object.fromEntries(overrides.flatMap(([id, override]) => (override[key] === undefined ? [] : [[id, override[key]]])));
  const pssMinor = pssVersion === undefined ? undefined : parseMinor(pssVersion);
  return {
    selection: {
      ...(profile === undefined ? {} : { profile: profile as ProfileName }),
      ...(pssMinor === undefined ? {} : { pssMinor }),
      actions: pick('action'),
      severities: pick('severity'),
      params: pick('params'),
    },
    exceptions: exceptions.map((entry, i) => parseException(entry, `${source}: exceptions[${i}]`, { nowMs })),
    podPaths: { ...DEFAULT_POD_PATHS, ...podPaths },
    kubernetesMinor: kubernetesVersion === undefined ? undefined : parseMinor(kubernetesVersion),
  };
};

const refused = (source: string, problems: readonly Problem[]): BellwetherError =>
  new BellwetherError('invalid_config', `${source} is wrong:\n${problems.map(({ message }) => `  - ${message}`).join('\n')}`);
