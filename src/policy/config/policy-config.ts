import { BellwetherError, type JSONSchema, type Problem, validate } from '../../platform/index.ts';
import { EXCEPTION_SCHEMA } from '../exceptions/exception-schema.ts';
import { type PolicyException, parseException } from '../exceptions/policy-exception.ts';
import { ACTIONS, type Action, SEVERITIES, type Severity } from '../model/finding.ts';
import { DEFAULT_POD_PATHS, type PodPaths } from '../pods/pod-view.ts';
import type { NamespaceRule } from '../select/namespace-policies.ts';
import type { Selection } from '../select/policy-set.ts';
import { PROFILES, type ProfileName, parseMinor } from '../select/profile.ts';

// The form of a version; what it means is checked by parseMinor.
const VERSION = { type: 'string', pattern: '^(latest|v?1\\.[0-9]{1,3}(\\.[0-9]+)?)$' } as const;

const PROFILE = { enum: PROFILES, description: 'Which policies to begin with.' } as const;

const MODES = ['audit', 'warn', 'deny'] as const;

const POLICIES = {
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
} as const;

/** `bellwether scan --config FILE`, and `spec` of the resource from which the webhook is set up. */
export const POLICY_CONFIG_SCHEMA = {
  type: 'object',
  description: 'Which policies are in force, how, and what is accepted.',
  properties: {
    profile: PROFILE,
    pssVersion: { ...VERSION, description: 'Version of the Pod Security Standards, such as "1.30", or latest.' },
    kubernetesVersion: { ...VERSION, description: 'Version of the cluster, for removed and deprecated APIs.' },
    policies: POLICIES,
    podPaths: {
      type: 'object',
      description: 'Custom resources that make pods: group/Kind to the JSON Pointer of the pod template.',
      additionalProperties: { type: 'string', pattern: '^(/[^/]+)*$' },
    },
    exceptions: { type: 'array', items: EXCEPTION_SCHEMA, description: 'Accepted findings.' },
    namespaces: {
      type: 'array',
      maxItems: 200,
      description: 'What differs in some namespaces; the first entry that fits counts. Only for webhook, background scan and live scan.',
      items: {
        type: 'object',
        properties: {
          names: {
            type: 'array',
            minItems: 1,
            items: { type: 'string', minLength: 1, maxLength: 253 },
            description: 'Names; * stands for any text. All where absent.',
          },
          labels: {
            type: 'object',
            additionalProperties: { type: 'string', maxLength: 253 },
            description: 'Labels that the namespace must have; * stands for any text.',
          },
          profile: PROFILE,
          pssVersion: VERSION,
          mode: { enum: MODES, description: 'The strongest action in these namespaces.' },
          policies: POLICIES,
        },
        additionalProperties: false,
      },
    },
    podSecurityLabels: {
      type: 'boolean',
      description: 'Whether pod-security.kubernetes.io labels of a namespace say what is denied there; they do where absent.',
    },
  },
  additionalProperties: false,
} as const satisfies JSONSchema;

/** A configuration, checked and ready to be used. */
export interface PolicyConfig {
  readonly selection: Selection;
  readonly exceptions: readonly PolicyException[];
  readonly podPaths: PodPaths;
  readonly kubernetesMinor: number | undefined;
  readonly namespaces: readonly NamespaceRule[];
  readonly podSecurityLabels: boolean;
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
  const { kubernetesVersion, podPaths = {}, exceptions = [], namespaces = [], podSecurityLabels = true } = checked.value;
  return {
    selection: selectionOf(checked.value as Chosen),
    exceptions: exceptions.map((entry, i) => parseException(entry, `${source}: exceptions[${i}]`, { nowMs })),
    podPaths: { ...DEFAULT_POD_PATHS, ...podPaths },
    kubernetesMinor: kubernetesVersion === undefined ? undefined : parseMinor(kubernetesVersion),
    namespaces: namespaces.map(({ names, labels, mode, ...chosen }) => ({
      ...(names === undefined ? {} : { names }),
      ...(labels === undefined ? {} : { labels }),
      ...(mode === undefined ? {} : { mode }),
      selection: selectionOf(chosen as Chosen),
    })),
    podSecurityLabels,
  };
};

interface Chosen {
  readonly profile?: ProfileName;
  readonly pssVersion?: string;
  readonly policies?: Readonly<Record<string, PolicyOverride>>;
}

const selectionOf = ({ profile, pssVersion, policies = {} }: Chosen): Selection => {
  const overrides = Object.entries(policies);
  const pick = <K extends keyof PolicyOverride>(key: K): Record<string, NonNullable<PolicyOverride[K]>> =>
    Object.fromEntries(overrides.flatMap(([id, override]) => (override[key] === undefined ? [] : [[id, override[key]]])));
  const pssMinor = pssVersion === undefined ? undefined : parseMinor(pssVersion);
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(pssMinor === undefined ? {} : { pssMinor }),
    actions: pick('action'),
    severities: pick('severity'),
    params: pick('params'),
  };
};

const refused = (source: string, problems: readonly Problem[]): BellwetherError =>
  new BellwetherError('invalid_config', `${source} is wrong:\n${problems.map(({ message }) => `  - ${message}`).join('\n')}`);
