import type { KubernetesObject } from '../../../platform/index.ts';
import type { Acceptance } from '../../back-end.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

interface Conditioned {
  readonly conditions?: readonly Condition[];
}

interface PolicyStatus extends Conditioned {
  readonly ancestors?: readonly (Conditioned & { readonly ancestorRef?: { readonly kind?: string; readonly name?: string } })[];
}

/** Conditions that are bad news when they are true: another policy has won, or ours has no effect. */
const BAD_WHEN_TRUE = ['Conflicted', 'Overridden'];

const GONE: Acceptance = { state: 'refused', reason: 'The object is gone: somebody deleted it.' };
export const ACCEPTED: Acceptance = { state: 'accepted' };

const said = ({ type, reason, message }: Condition): string =>
  [`${type}: ${reason ?? 'no reason given'}`, message].filter((part) => part !== undefined && part !== '').join(', ');

/** What a controller says about one object by its conditions; one about an older generation does not count. */
const judge = (conditions: readonly Condition[], wanted: string, generation: number | undefined, who: string): Acceptance => {
  const current = conditions.filter(({ observedGeneration }) => (observedGeneration ?? generation ?? 0) >= (generation ?? 0));
  const bad = current.find(
    ({ type, status }) => (type === wanted && status === 'False') || (BAD_WHEN_TRUE.includes(type) && status === 'True'),
  );
  if (bad) return { state: 'refused', reason: `${who} does not take it. ${said(bad)}` };
  return current.some(({ type, status }) => type === wanted && status === 'True')
    ? ACCEPTED
    : { state: 'pending', reason: `${who} has not said that it takes it (condition ${wanted}).` };
};

/**
 * Policies of the Gateway API say for each object that they act on whether they were accepted (GEP-713, `status.ancestors[].conditions`).
 * All of them must.
 */
export const policyAcceptance = (object: KubernetesObject | undefined): Acceptance => {
  if (!object) return GONE;
  const { ancestors = [] } = (object.status ?? {}) as PolicyStatus;
  const answers = ancestors.map(({ conditions = [], ancestorRef }) =>
    judge(
      conditions,
      'Accepted',
      object.metadata.generation,
      `The controller of ${ancestorRef?.kind ?? 'Gateway'} ${ancestorRef?.name ?? ''}`,
    ),
  );
  return (
    answers.find(({ state }) => state === 'refused') ??
    answers.find(({ state }) => state === 'pending') ??
    (answers.length > 0 ? ACCEPTED : { state: 'pending', reason: 'No gateway has spoken about it yet: is its controller running?' })
  );
};

/** For kinds with conditions of their own on top of `status`. `silent` is what it means that there are none. */
export const conditionAcceptance = (
  object: KubernetesObject | undefined,
  wanted: string,
  who: string,
  silent: Acceptance['state'] = 'pending',
): Acceptance => {
  if (!object) return GONE;
  const { conditions = [] } = (object.status ?? {}) as PolicyStatus;
  if (conditions.length === 0 && silent === 'accepted') return ACCEPTED;
  return judge(conditions, wanted, object.metadata.generation, who);
};

/** For kinds that nobody writes a status to: that they are there is all one can know. */
export const presence = (objects: readonly (KubernetesObject | undefined)[]): Acceptance =>
  objects.length > 0 && objects.every((object) => object !== undefined) ? ACCEPTED : GONE;
