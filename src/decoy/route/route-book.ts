import { readSwitch } from '../../mitigation/index.ts';
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
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
}

/** The ConfigMap with the emergency switch of mitigations: a route to a decoy is one of them. */
export interface SwitchPlace {
  readonly namespace: string;
  readonly name: string;
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
export const createRouteBook = ({ client, clock }: RouteBookDeps, place: DecoyPlace, emergency: SwitchPlace) => {
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

  const removeAll = async (objects: readonly KubernetesObject[]): Promise<number> => {
    for (const object of objects) await remove(object);
    return objects.length;
  };
  /** When it is due; what does not say when it ends is due at once. */
  const dueMs = ({ metadata }: KubernetesObject): number => parseTime(metadata.annotations?.[DECOY_ANNOTATIONS.expiresAt] ?? '') ?? 0;

  return {
    list,
    plan,
    /** Rejects with `forbidden` and the reason where it cannot be done. What was begun and failed ends by itself: every object carries its end. */
    apply: async (request: RouteRequest): Promise<readonly KubernetesObject[]> => {
      const planned = await plan(request);
      if ('refused' in planned) throw new BellwetherError('forbidden', planned.refused);
      const { reason } = await readSwitch(client, emergency);
      if (reason !== undefined) throw new BellwetherError('forbidden', `nothing may begin: ${reason}`);
      for (const object of planned.objects) await client.apply(object, { fieldManager: FIELD_MANAGER });
      return planned.objects;
    },
    /** Takes one route away, by the name that all of its objects have; gives how many there were. */
    revert: async (name: string): Promise<number> =>
      await removeAll((await list()).filter(({ metadata }) => metadata.labels?.[DECOY_LABELS.name] === name)),
    revertAll: async (): Promise<number> => await removeAll(await list()),
    /**
     * Takes away what is past its end, and everything once the emergency switch says so. Stays up to `aheadMs` for what ends within it, so that a run
     * every minute is late by seconds.
     */
    expire: async (aheadMs = 0, signal?: AbortSignal): Promise<number> => {
      const untilMs = clock.nowMs() + aheadMs;
      for (let removed = 0; ; ) {
        const objects = await list();
        if (objects.length > 0 && (await readSwitch(client, emergency)).state === 'revert') return removed + (await removeAll(objects));
        removed += await removeAll(objects.filter((object) => dueMs(object) <= clock.nowMs()));
        const next = Math.min(...objects.map(dueMs).filter((ms) => ms > clock.nowMs()));
        if (!(next <= untilMs) || signal?.aborted) return removed;
        await clock.sleep(next - clock.nowMs(), signal);
      }
    },
  };
};
