import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { ClusterView } from '../back-end.ts';
import type { MitigationTarget } from '../intent.ts';
import { servicesOf } from './workload-pods.ts';

export const GATEWAY_API_GROUP = 'gateway.networking.k8s.io';
export const HTTP_ROUTE_KIND: KindName = { apiVersion: `${GATEWAY_API_GROUP}/v1`, kind: 'HTTPRoute' };
export const GRPC_ROUTE_KIND: KindName = { apiVersion: `${GATEWAY_API_GROUP}/v1`, kind: 'GRPCRoute' };
export const ROUTE_KINDS: readonly KindName[] = [HTTP_ROUTE_KIND, GRPC_ROUTE_KIND];

interface BackendRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

interface Route extends KubernetesObject {
  readonly spec?: { readonly rules?: readonly { readonly backendRefs?: readonly BackendRef[] }[] };
  readonly status?: {
    readonly parents?: readonly {
      readonly controllerName?: string;
      readonly parentRef?: { readonly name?: string; readonly namespace?: string };
    }[];
  };
}

/** Gateways that a route is attached to, by what their controllers say of it; `controller` is the `controllerName` of a GatewayClass. */
export const gatewaysOf = (
  route: KubernetesObject,
  controller?: string,
): readonly { readonly namespace: string; readonly name: string }[] =>
  ((route as Route).status?.parents ?? [])
    .filter(({ controllerName }) => controller === undefined || controllerName === controller)
    .flatMap(({ parentRef }) =>
      parentRef?.name === undefined ? [] : [{ namespace: parentRef.namespace ?? route.metadata.namespace ?? '', name: parentRef.name }],
    );

const sendsTo = (route: Route, services: readonly string[]): boolean =>
  (route.spec?.rules ?? []).some(({ backendRefs = [] }) =>
    backendRefs.some(
      ({ group = '', kind = 'Service', name = '', namespace = route.metadata.namespace }) =>
        group === '' && kind === 'Service' && namespace === route.metadata.namespace && services.includes(name),
    ),
  );

/**
 * Routes of the Gateway API, attached to a gateway of this controller, that lead to a workload. Those of other namespaces are not found:
 * a mitigation stays in its own.
 */
export const gatewayRoutesOf = (
  workload: MitigationTarget,
  view: ClusterView,
  { controller, kinds = ROUTE_KINDS }: { readonly controller?: string; readonly kinds?: readonly KindName[] } = {},
): readonly MitigationTarget[] => {
  const services = servicesOf(workload, view);
  if (services.length === 0) return [];
  return kinds.flatMap((kind) =>
    view
      .list(kind, workload.namespace)
      .filter((route) => gatewaysOf(route, controller).length > 0 && sendsTo(route as Route, services))
      .map(({ metadata }) => ({ kind: kind.kind, namespace: workload.namespace, name: metadata.name })),
  );
};

/** The route that an intent is for. */
export const routeOf = ({ kind, namespace, name }: MitigationTarget, view: ClusterView): KubernetesObject | undefined => {
  const known = ROUTE_KINDS.find((candidate) => candidate.kind === kind);
  return known && view.find({ ...known, namespace, name });
};
