import { MITIGATION_LABELS } from '../../conventions/index.ts';
import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { ClusterView } from '../back-end.ts';

/** A reference of a route to a limiter. */
export interface Reference {
  readonly namespace: string;
  readonly name: string;
}

/** Whether the user has given a limiter to mitigations: only then may it be turned. */
export const isDial = ({ metadata }: KubernetesObject): boolean => metadata.labels?.[MITIGATION_LABELS.dial] === 'true';

/**
 * The dial among what a route refers to; undefined where there is none. It has to be in the namespace of the route: one that others share
 * would limit them as well, and a mitigation stays in its namespace.
 */
export const dialOf = (
  references: readonly Reference[],
  kind: KindName,
  namespace: string,
  view: ClusterView,
): KubernetesObject | undefined =>
  references
    .filter((reference) => reference.namespace === namespace)
    .map((reference) => view.find({ ...kind, ...reference }))
    .find((object) => object !== undefined && isDial(object));
