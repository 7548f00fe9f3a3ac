import { BellwetherError, type Clock, type KubernetesObject, type Logger, toBellwetherError } from '../../platform/index.ts';
import type { JsonRecord, PolicyPart } from '../../policy/index.ts';
import type { AdmissionInstruments } from '../self/self-metrics.ts';
import type { AdmissionAnswer, AdmissionRequest } from './admission-review.ts';
import { answerOf, type Fallback, fallbackAnswer } from './answer.ts';
import { type Judgement, judge } from './judge.ts';
import type { PolicyState } from './policy-state.ts';
import { type FindObject, scaledObject } from './scaled-object.ts';

/** Which of the two webhooks asks; both parts at once where neither is named. */
export type WebhookName = PolicyPart | 'all';

export interface ReviewerDeps {
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly state: () => PolicyState;
  /** The namespace as it is known here; undefined where it is not. */
  readonly namespace: (name: string) => KubernetesObject | undefined;
  /** To read what is scaled, and namespaces that are too new; undefined outside a cluster. */
  readonly client?: FindObject;
  readonly instruments: AdmissionInstruments;
}

export interface ReviewerOptions {
  /** From the arrival of a request; below what the API server waits for, so that the answer is ours. */
  readonly deadlineMs: number;
  readonly fallback: Fallback;
  /** Put before the path of a policy's page. */
  readonly docsUrl: string;
}

export type Reviewer = (request: AdmissionRequest, webhook: WebhookName, arrivedMs: number) => Promise<AdmissionAnswer>;

// Kinds that get a metric label of their own: each is a series per operation and outcome.
const COUNTED_KINDS: ReadonlySet<string> = new Set(
  (
    'Pod Deployment ReplicaSet StatefulSet DaemonSet Job CronJob ReplicationController Service Ingress ConfigMap Secret Namespace Role ' +
    'RoleBinding ClusterRole ClusterRoleBinding ServiceAccount NetworkPolicy PersistentVolumeClaim HorizontalPodAutoscaler ' +
    'PodDisruptionBudget Scale PodExecOptions PodAttachOptions'
  ).split(' '),
);

/** Judges requests within a deadline. Never rejects: what goes wrong gets the configured fallback, a metric and a line in the log. */
export const createReviewer = (deps: ReviewerDeps, options: () => ReviewerOptions): Reviewer => {
  const { clock, log, instruments: m, client } = deps;

  const namespaceOf = async ({ namespace, kind }: AdmissionRequest, leftMs: number): Promise<JsonRecord | undefined> => {
    // A Namespace is judged as what it is, not by what it says about its content.
    if (namespace === undefined || kind.kind === 'Namespace') return undefined;
    const known = deps.namespace(namespace);
    if (known || client === undefined) return known;
    // Made a moment ago. Without an answer it is judged as one without labels, by what is configured for all.
    return await client.find({ apiVersion: 'v1', kind: 'Namespace', name: namespace }, { timeoutMs: leftMs }).catch(() => undefined);
  };

  const decideOn = async (request: AdmissionRequest, webhook: WebhookName, leftMs: () => number): Promise<Judgement | undefined> => {
    if (request.operation === 'DELETE') return undefined;
    const state = deps.state();
    const given = request.object && { object: request.object, oldObject: request.oldObject };
    const change = (request.subResource === 'scale' ? await scaledObject(request, client, leftMs()) : undefined) ?? given;
    if (change === undefined) return undefined;
    const namespaceObject = await namespaceOf(request, leftMs());
    if (leftMs() <= 0) throw new BellwetherError('timeout', `no judgement within ${options().deadlineMs} ms`);
    const labels = (namespaceObject?.metadata as JsonRecord | undefined)?.labels as JsonRecord | undefined;
    const inNamespace = request.kind.kind === 'Namespace' ? undefined : request.namespace;
    return judge(request, change.object, change.oldObject, {
      policies: state.chooser.in(inNamespace, labels, webhook === 'all' ? undefined : webhook),
      exceptions: state.exceptions,
      ...(namespaceObject ? { namespaceObject } : {}),
      podPaths: state.podPaths,
      ...(state.kubernetesMinor === undefined ? {} : { kubernetesMinor: state.kubernetesMinor }),
      nowMs: clock.nowMs(),
      docsUrl: options().docsUrl,
    });
  };

  const count = (request: AdmissionRequest, webhook: WebhookName, outcome: string, arrivedMs: number): void => {
    const kind = COUNTED_KINDS.has(request.kind.kind) ? request.kind.kind : 'other';
    m.admissionReviews.inc({ webhook, operation: request.operation, kind, outcome });
    m.admissionDuration.observe({ webhook }, (clock.monotonicMs() - arrivedMs) / 1000);
  };

  return async (request, webhook, arrivedMs) => {
    const { deadlineMs, fallback } = options();
    const leftMs = (): number => deadlineMs - (clock.monotonicMs() - arrivedMs);
    try {
      const judgement = await decideOn(request, webhook, leftMs);
      if (judgement === undefined) {
        count(request, webhook, 'allowed', arrivedMs);
        return { allowed: true };
      }
      if (leftMs() <= 0) throw new BellwetherError('timeout', `no judgement within ${deadlineMs} ms`);
      for (const { policy, action } of judgement.findings) m.admissionFindings.inc({ policy, action });
      if (!request.dryRun) deps.state().noteUses(judgement.exceptions);
      const outcome = !judgement.allowed ? 'denied' : judgement.warnings.length > 0 ? 'warned' : 'allowed';
      count(request, webhook, outcome, arrivedMs);
      if (!judgement.allowed) log.info(about(request, judgement), 'denied');
      return answerOf(judgement);
    } catch (thrown) {
      const error = toBellwetherError(thrown);
      m.admissionFallbacks.inc({ reason: error.code });
      count(request, webhook, `fallback_${fallback}`, arrivedMs);
      log.error({ err: error, ...whereabouts(request), fallback }, 'no judgement; the fallback was answered');
      return fallbackAnswer(fallback, error);
    }
  };
};

/** Never the object itself: it may be a Secret. */
const whereabouts = ({ uid, operation, kind, namespace, name, user, dryRun }: AdmissionRequest) => ({
  uid,
  operation,
  kind: kind.kind,
  namespace,
  object: name,
  user,
  dryRun,
});

const about = (request: AdmissionRequest, { findings }: Judgement) => ({
  ...whereabouts(request),
  policies: [...new Set(findings.flatMap(({ policy, action }) => (action === 'deny' ? [policy] : [])))],
});
