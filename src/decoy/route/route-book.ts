import { BellwetherError, type Clock, type KubernetesClient, type KubernetesObject, parseTime } from '../../platform/index.ts';
import {
  DECOY_ANNOTATIONS,
  DECOY_LABELS,
  DECOY_PREFIX,
  type DecoyPlace,
  planRoute,
  ROUTE_KINDS,
  type RoutePlan,
  type RouteRequest,
} from './plan-route.ts';

export interface RouteBookDeps {
  readonly client: Pick<KubernetesClient, 'find' | 'list' | 'apply' | 'delete'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

const FIELD_MANAGER = 'bellwether-decoy';

/** Every kind that a route to a decoy is made of; the way in first, so that taking away closes it first. */
const KINDS = [
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' },
  { apiVersion: 'traefik.io/v1alpha1', kind: 'IngressRoute' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'gateway.networking.k8s.io/v1beta1', kind: 'ReferenceGrant' },
] as const;

const isOurs = ({ metadata }: KubernetesObject): boolean =>
  metadata.name.startsWith(DECOY_PREFIX) && metadata.labels?.[DECOY_LABELS.managed] === 'true';

/** Routes to decoys in a cluster. */
export const createRouteBook = ({ client, clock }: RouteBookDeps, place: DecoyPlace) => {
  const list = async (): Promise<readonly KubernetesObject[]> => {
    const found: KubernetesObject[] = [];
    for (const kind of KINDS) {
      const items = await client.list(kind, { labelSelector: `${DECOY_LABELS.managed}=true` }).then(
        (answer) => answer.items,
        (error: unknown) => {
          // A gateway that is not installed has no routes.
          if (error instanceof BellwetherError && error.code === 'not_found') return [];
          throw error;
        },
      );
      found.push(...items.filter(isOurs));
    }
    return found;
  };
  const remove = async ({ apiVersion, kind, metadata: { name, namespace = '', uid } }: KubernetesObject): Promise<void> =>
    await client.delete({ apiVersion, kind, name, namespace }, uid === undefined ? {} : { preconditions: { uid } });
  const plan = async (request: RouteRequest): Promise<RoutePlan> => {
    const apiVersion = ROUTE_KINDS[request.kind];
    const route =
      apiVersion === undefined
        ? undefined
        : await client.find({ apiVersion, kind: request.kind, namespace: request.namespace, name: request.name });
    if (apiVersion !== undefined && !route) return { refused: `there is no ${request.kind} ${request.namespace}/${request.name}` };
    return planRoute(request, route ?? { apiVersion: '', kind: request.kind, metadata: { name: request.name } }, place, clock.nowMs());
  };

  return {
    list,
    plan,
    /** Rejects with `forbidden` and the reason where it cannot be done. What was begun and failed ends by itself: every object carries its end. */
    apply: async (request: RouteRequest): Promise<readonly KubernetesObject[]> => {
      const planned = await plan(request);
      if ('refused' in planned) throw new BellwetherError('forbidden', planned.refused);
      for (const object of planned.objects) await client.apply(object, { fieldManager: FIELD_MANAGER });
      return planned.objects;
    },
    /** Takes one route away, by the name that all of its objects have; gives how many there were. */
    revert: async (name: string): Promise<number> => {
      const ours = (await list()).filter(({ metadata }) => metadata.labels?.[DECOY_LABELS.name] === name);
      for (const object of ours) await remove(object);
      return ours.length;
    },
    /** Takes away what is past its end, and what does not say when it ends. */
    expire: async (): Promise<number> => {
      const past = (await list()).filter(({ metadata }) => {
        const endMs = parseTime(metadata.annotations?.[DECOY_ANNOTATIONS.expiresAt] ?? '');
        return endMs === undefined || endMs <= clock.nowMs();
      });
      for (const object of past) await remove(object);
      return past.length;
    },
  };
};
