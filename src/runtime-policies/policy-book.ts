import { BellwetherError, type Clock, formatTime, type KubernetesClient, parseTime } from '../platform/index.ts';
import { isOurs, modeOf, nameOfPolicy, POLICY_ANNOTATIONS, POLICY_FIELD_MANAGER, POLICY_LABELS, recordOf } from './make-policy.ts';
import { type Approval, type PolicyPlan, planPolicy, promotionProblem } from './plan-policy.ts';
import { assertMayTouch, checkRequest, type PolicyRequest } from './policy-request.ts';
import { TRACING_POLICY, type TracingPolicy } from './template.ts';

export interface PolicyBookDeps {
  readonly client: Pick<KubernetesClient, 'find' | 'list' | 'apply' | 'delete' | 'kind'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export interface PolicyBookOptions {
  /** Namespaces that are protected besides those that always are. */
  readonly protectedNamespaces: readonly string[];
  readonly leastWatchedMs: number;
}

/** Runtime policies of a cluster. Every method rejects with `not_found` where Tetragon's kinds are not there. */
export interface PolicyBook {
  list(namespace: string | undefined): Promise<readonly TracingPolicy[]>;
  plan(request: PolicyRequest, by: string): Promise<PolicyPlan>;
  /** Rejects with `conflict` where the name is taken, or fields are held by somebody else. */
  apply(request: PolicyRequest, by: string): Promise<PolicyPlan>;
  promote(namespace: string, name: string, approval: Approval): Promise<TracingPolicy>;
  /** Back to watching, which needs no approval. */
  demote(namespace: string, name: string): Promise<TracingPolicy>;
  remove(namespace: string, name: string): Promise<void>;
}

export const createPolicyBook = (
  { client, clock }: PolicyBookDeps,
  { protectedNamespaces, leastWatchedMs }: PolicyBookOptions,
): PolicyBook => {
  const assertInstalled = async (): Promise<void> => {
    await client.kind(TRACING_POLICY).catch((error: unknown) => {
      if (error instanceof BellwetherError && error.code === 'not_found')
        throw new BellwetherError(
          'not_found',
          'the cluster has no TracingPolicyNamespaced (cilium.io/v1alpha1): is Tetragon installed?',
          error,
        );
      throw error;
    });
  };
  const find = (namespace: string, name: string): Promise<TracingPolicy | undefined> =>
    client.find<TracingPolicy>({ ...TRACING_POLICY, namespace, name: nameOfPolicy(name) });
  const ours = async (namespace: string, name: string): Promise<TracingPolicy> => {
    await assertInstalled();
    const live = await find(namespace, name);
    if (!live) throw new BellwetherError('not_found', `there is no policy ${nameOfPolicy(name)} in ${namespace}`);
    if (!isOurs(live))
      throw new BellwetherError('forbidden', `${nameOfPolicy(name)} is not ours: it lacks the label ${POLICY_LABELS.managed}`);
    return live;
  };

  /**
   * Server-side apply, then once more with the generation that it got: metadata alone changes none. A process that is killed in between leaves a policy that
   * watches, and that cannot be promoted before it is applied again.
   */
  const write = async (policy: TracingPolicy): Promise<TracingPolicy> => {
    // The object is ours by label, and whoever applies has seen the difference: what others wrote into it is taken over.
    const options = { fieldManager: POLICY_FIELD_MANAGER, force: true };
    const written = await client.apply(policy, options);
    const annotations = { ...policy.metadata.annotations, [POLICY_ANNOTATIONS.generation]: String(written.metadata.generation ?? 0) };
    return await client.apply({ ...policy, metadata: { ...policy.metadata, annotations } }, options);
  };

  const plan = async (request: PolicyRequest, by: string): Promise<PolicyPlan> => {
    const checked = checkRequest(request, protectedNamespaces);
    await assertInstalled();
    return planPolicy(checked, await find(checked.namespace, checked.name), by, formatTime(clock.nowMs()));
  };

  /** The live policy as we write it, in another mode; fields of others are not ours to repeat. */
  const inMode = async (
    live: TracingPolicy,
    mode: 'monitor' | 'enforce',
    approval?: { by: string; at: string; reason: string },
  ): Promise<TracingPolicy> => {
    const { name, namespace = '', labels = {}, annotations = {} } = live.metadata;
    const kept = Object.fromEntries(
      Object.entries(annotations).filter(
        ([key]) =>
          [POLICY_ANNOTATIONS.content, POLICY_ANNOTATIONS.appliedBy, POLICY_ANNOTATIONS.watchedSince].some((one) => one === key) ||
          key.startsWith('argocd.'),
      ),
    );
    return await write({
      ...TRACING_POLICY,
      metadata: {
        name,
        namespace,
        labels: { [POLICY_LABELS.managed]: 'true', [POLICY_LABELS.template]: labels[POLICY_LABELS.template] ?? '' },
        annotations: {
          ...kept,
          ...(approval
            ? {
                [POLICY_ANNOTATIONS.approvedBy]: approval.by,
                [POLICY_ANNOTATIONS.approvedAt]: approval.at,
                [POLICY_ANNOTATIONS.approvedReason]: approval.reason,
              }
            : {}),
        },
      },
      spec: { ...live.spec, options: [{ name: 'policy-mode', value: mode }] },
    });
  };

  return {
    list: async (namespace) => {
      await assertInstalled();
      const selection = { labelSelector: `${POLICY_LABELS.managed}=true`, ...(namespace === undefined ? {} : { namespace }) };
      return (await client.list<TracingPolicy>(TRACING_POLICY, selection)).items.filter(isOurs);
    },
    plan,
    apply: async (request, by) => {
      const planned = await plan(request, by);
      if (planned.outcome === 'refused') throw new BellwetherError('conflict', planned.reason ?? 'refused');
      if (planned.outcome !== 'unchanged') await write(planned.policy);
      return planned;
    },
    promote: async (namespace, name, approval) => {
      assertMayTouch(namespace, protectedNamespaces);
      const live = await ours(namespace, name);
      const nowMs = clock.nowMs();
      const problem = promotionProblem(live, approval, { nowMs, watchedSinceMs: parseTime(recordOf(live).watchedSince), leastWatchedMs });
      if (problem !== undefined) throw new BellwetherError('forbidden', `${nameOfPolicy(name)} cannot be enforced: ${problem}`);
      return await inMode(live, 'enforce', { by: approval.by, at: formatTime(nowMs), reason: approval.reason.slice(0, 300) });
    },
    demote: async (namespace, name) => {
      const live = await ours(namespace, name);
      return modeOf(live) === 'monitor' ? live : await inMode(live, 'monitor');
    },
    remove: async (namespace, name) => {
      const { metadata } = await ours(namespace, name);
      await client.delete(
        { ...TRACING_POLICY, namespace, name: metadata.name },
        metadata.uid === undefined ? {} : { preconditions: { uid: metadata.uid } },
      );
    },
  };
};
