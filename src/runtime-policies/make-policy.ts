import { createHash } from 'node:crypto';
import { MITIGATION_ANNOTATIONS, RUNTIME_POLICY_PREFIX } from '../conventions/index.ts';
import type { CheckedRequest } from './policy-request.ts';
import { TRACING_POLICY, type TracingPolicy } from './template.ts';

export type PolicyMode = 'monitor' | 'enforce';

/** Name under which our writes stand in `managedFields`; Flux takes away what managers called `kubectl...` wrote. */
export const POLICY_FIELD_MANAGER = 'bellwether-runtime-policies';

export const POLICY_LABELS = {
  managed: 'bellwether.dev/runtime-policy',
  template: 'bellwether.dev/runtime-policy-template',
} as const;

export const POLICY_ANNOTATIONS = {
  /** Digest of everything but the mode: what was watched is what is enforced. */
  content: 'bellwether.dev/runtime-policy-content',
  /** Generation of the object that holds this content. */
  generation: 'bellwether.dev/runtime-policy-generation',
  appliedBy: 'bellwether.dev/runtime-policy-applied-by',
  /** Since when this content is watched, RFC 3339. */
  watchedSince: 'bellwether.dev/runtime-policy-watched-since',
  approvedBy: 'bellwether.dev/runtime-policy-approved-by',
  approvedAt: 'bellwether.dev/runtime-policy-approved-at',
  approvedReason: 'bellwether.dev/runtime-policy-approved-reason',
} as const;

export const nameOfPolicy = (name: string): string => (name.startsWith(RUNTIME_POLICY_PREFIX) ? name : `${RUNTIME_POLICY_PREFIX}${name}`);

/** Whether a policy is ours to change or delete. */
export const isOurs = ({ metadata }: Pick<TracingPolicy, 'metadata'>): boolean =>
  metadata.name.startsWith(RUNTIME_POLICY_PREFIX) && metadata.labels?.[POLICY_LABELS.managed] === 'true';

export const modeOf = (policy: TracingPolicy): PolicyMode =>
  policy.spec?.options?.find(({ name }) => name === 'policy-mode')?.value === 'enforce' ? 'enforce' : 'monitor';

/** Who stands behind it. */
export interface PolicyRecord {
  readonly appliedBy: string;
  readonly watchedSince: string;
  readonly approval?: { readonly by: string; readonly at: string; readonly reason: string };
}

export const recordOf = ({ metadata: { annotations = {} } }: TracingPolicy): PolicyRecord => {
  const at = annotations[POLICY_ANNOTATIONS.approvedAt];
  return {
    appliedBy: annotations[POLICY_ANNOTATIONS.appliedBy] ?? '',
    watchedSince: annotations[POLICY_ANNOTATIONS.watchedSince] ?? '',
    ...(at === undefined
      ? {}
      : {
          approval: {
            by: annotations[POLICY_ANNOTATIONS.approvedBy] ?? '',
            at,
            reason: annotations[POLICY_ANNOTATIONS.approvedReason] ?? '',
          },
        }),
  };
};

/** `spec` without the mode. */
const contentOf = ({ template, matchLabels, values }: CheckedRequest) => ({
  podSelector: { matchLabels },
  kprobes: template.hooks(values),
});

const digestOf = (content: unknown): string => createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);

/** The object that a request stands for. */
export const makePolicy = (
  request: CheckedRequest,
  mode: PolicyMode,
  { appliedBy, watchedSince, approval }: PolicyRecord,
): TracingPolicy => {
  const content = contentOf(request);
  return {
    ...TRACING_POLICY,
    metadata: {
      name: nameOfPolicy(request.name),
      namespace: request.namespace,
      labels: { [POLICY_LABELS.managed]: 'true', [POLICY_LABELS.template]: request.template.name },
      annotations: {
        [POLICY_ANNOTATIONS.content]: digestOf(content),
        [POLICY_ANNOTATIONS.appliedBy]: appliedBy,
        [POLICY_ANNOTATIONS.watchedSince]: watchedSince,
        [MITIGATION_ANNOTATIONS.argoIgnore]: 'IgnoreExtraneous',
        ...(approval
          ? {
              [POLICY_ANNOTATIONS.approvedBy]: approval.by,
              [POLICY_ANNOTATIONS.approvedAt]: approval.at,
              [POLICY_ANNOTATIONS.approvedReason]: approval.reason,
            }
          : {}),
      },
    },
    spec: { ...content, options: [{ name: 'policy-mode', value: mode }] },
  };
};

export const contentDigest = (policy: TracingPolicy): string => policy.metadata.annotations?.[POLICY_ANNOTATIONS.content] ?? '';

/** Whether the spec is still the one that we wrote: every change of it, also by hand, gives it another generation. */
export const isUntouched = ({ metadata: { generation, annotations = {} } }: TracingPolicy): boolean =>
  generation !== undefined && annotations[POLICY_ANNOTATIONS.generation] === String(generation);
