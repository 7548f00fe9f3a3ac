import { EXCEPTION_SCHEMA } from './exception-schema.ts';
import { ACTIONS, PROFILES, SEVERITIES } from './policy-words.ts';

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
} as const;
