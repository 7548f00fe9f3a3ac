import { createHash } from 'node:crypto';
import { MITIGATION_KIND } from '../../conventions/index.ts';
import type { Mitigation, MitigationSpec } from '../../mitigation/index.ts';
import { type FromSchema, formatTime } from '../../platform/index.ts';
import { type StoredAlert, workloadOfLabels } from '../store/stored-alert.ts';

const NAME = { type: 'string', minLength: 1, maxLength: 253 } as const;
const REASON = { type: 'string', minLength: 1, maxLength: 1000, description: 'Why, for people.' } as const;

/** What a request by hand says; the API server checks it once more, by the schema of the kind. */
export const MITIGATION_BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['namespace', 'target', 'reason'],
  properties: {
    namespace: { ...NAME, maxLength: 63, description: 'Of the target.' },
    target: {
      type: 'object',
      additionalProperties: false,
      required: ['kind', 'name'],
      description: 'A route or a workload.',
      properties: { kind: { ...NAME, maxLength: 63, description: 'Its kind.' }, name: { ...NAME, description: 'Its name.' } },
    },
    action: { type: 'string', enum: ['rateLimit', 'isolate', 'limitEgress'], default: 'rateLimit', description: 'What is done.' },
    mode: { type: 'string', enum: ['dryRun', 'enforce'], default: 'dryRun', description: 'Whether it bites.' },
    backEnd: { ...NAME, maxLength: 63, description: 'Which data plane; the first that serves the target where absent.' },
    requestsPerSecond: { type: 'number', minimum: 1, maximum: 1_000_000, description: 'Worked out from the traffic where absent.' },
    burst: { type: 'integer', minimum: 0, maximum: 1_000_000, description: 'Requests above the rate that may come at once.' },
    connections: { type: 'integer', minimum: 1, maximum: 1_000_000, description: 'Requests in flight at once.' },
    egressBitsPerSecond: {
      type: 'integer',
      minimum: 100_000,
      maximum: 1_000_000_000_000,
      description: 'What each pod may send, for `limitEgress` alone.',
    },
    perClient: { type: 'boolean', default: true, description: 'For each client address alone.' },
    ttlSeconds: { type: 'integer', minimum: 60, maximum: 14_400, default: 900, description: 'Its life.' },
    reason: REASON,
    alert: { ...NAME, description: 'Id of the alert that it answers.' },
    planOnly: { type: 'boolean', default: false, description: 'Only say what would be done.' },
  },
} as const;

export const REVOKE_BODY = {
  type: 'object',
  additionalProperties: false,
  properties: { reason: { ...REASON, minLength: 0 } },
} as const;

export const SWITCH_BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['state'],
  properties: { state: { type: 'string', enum: ['on', 'off', 'revert'], description: 'As the ConfigMap says it.' } },
} as const;

export type MitigationRequest = FromSchema<typeof MITIGATION_BODY>;

// What Kubernetes takes for a name, of which 40 characters leave room for a digest.
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '') || 'target';
const digest = (...parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 10);

const alertOf = (alert: StoredAlert): NonNullable<MitigationSpec['alert']> => {
  const workload = workloadOfLabels(alert.labels);
  return {
    id: alert.id,
    name: alert.labels.alertname ?? 'alert',
    fingerprint: alert.fingerprint,
    ...(workload ? { workload: { kind: workload.workloadKind, name: workload.workload } } : {}),
  };
};

/**
 * The Mitigation that an alert asks for; undefined where it names no workload in a namespace. Its name follows from the alert, its start, and the
 * target: however often an alert is delivered, by however many replicas, there is one.
 */
export const mitigationOfAlert = (alert: StoredAlert, { ttlSeconds }: { readonly ttlSeconds: number }): Mitigation | undefined => {
  const workload = workloadOfLabels(alert.labels);
  if (!workload?.namespace || workload.workloadKind === '' || workload.workloadKind === 'Node') return undefined;
  return {
    ...MITIGATION_KIND,
    metadata: {
      name: `${slug(workload.workload)}-${digest(alert.fingerprint, String(alert.startsMs), workload.workload, workload.workloadKind)}`,
      namespace: workload.namespace,
    },
    spec: {
      target: { kind: workload.workloadKind, name: workload.workload },
      action: 'rateLimit',
      // How far it really goes is for the back-end and the namespace to say.
      mode: 'enforce',
      ttlSeconds,
      reason: `${alert.labels.alertname ?? 'alert'}: ${alert.annotations.summary ?? workload.workload}`.slice(0, 1000),
      requestedBy: `alert ${alert.id}`,
      alert: alertOf(alert),
    },
  };
};

/** The Mitigation that a person asks for; who may ask may also approve, so it is approved. */
export const mitigationOfRequest = (request: MitigationRequest, by: string, alert: StoredAlert | undefined, nowMs: number): Mitigation => {
  const { namespace, target, action, mode, backEnd, requestsPerSecond, burst, connections, perClient, ttlSeconds, reason } = request;
  const { egressBitsPerSecond } = request;
  const limit = {
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    ...(burst === undefined ? {} : { burst }),
    ...(connections === undefined ? {} : { connections }),
    ...(egressBitsPerSecond === undefined ? {} : { egressBitsPerSecond }),
    perClient,
  };
  return {
    ...MITIGATION_KIND,
    metadata: { name: `${slug(target.name)}-${digest(by, String(nowMs), namespace, target.kind, target.name)}`, namespace },
    spec: {
      target,
      action,
      mode,
      ...(backEnd === undefined ? {} : { backEnd }),
      ...(action === 'isolate' ? {} : { limit }),
      ttlSeconds,
      reason,
      requestedBy: by,
      approval: { by, at: formatTime(nowMs), reason: 'asked for by hand' },
      // Without the workload: a person's word needs no fresh score.
      ...(alert === undefined ? {} : { reason: `${reason} (alert ${alert.id})`.slice(0, 1000) }),
    },
  };
};
