import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { ClusterView } from '../back-end.ts';
import type { MitigationTarget } from '../intent.ts';
import { servicesOf } from './workload-pods.ts';

export const INGRESS_KIND: KindName = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
export const INGRESS_CLASS_KIND: KindName = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' };

/** Older than `spec.ingressClassName`, and still first where it is set. */
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';

interface Backend {
  readonly service?: { readonly name?: string };
}

interface IngressSpec {
  readonly ingressClassName?: string;
  readonly defaultBackend?: Backend;
  readonly rules?: readonly { readonly http?: { readonly paths?: readonly { readonly backend?: Backend }[] } }[];
}

/** Who serves an Ingress: `controller` as IngressClass names it, `className` as the annotation of old Ingresses does. */
export interface IngressController {
  readonly controller: string;
  readonly className: string;
}

const specOf = (ingress: KubernetesObject): IngressSpec => (ingress.spec ?? {}) as IngressSpec;

export const isServedBy = (ingress: KubernetesObject, { controller, className }: IngressController, view: ClusterView): boolean => {
  const annotated = ingress.metadata.annotations?.[CLASS_ANNOTATION];
  if (annotated !== undefined) return annotated === className;
  const { ingressClassName } = specOf(ingress);
  const ours = view
    .list(INGRESS_CLASS_KIND)
    .filter(({ spec }) => (spec as { readonly controller?: string } | undefined)?.controller === controller);
  return ours.some(({ metadata: { name, annotations } }) =>
    ingressClassName === undefined ? annotations?.[DEFAULT_CLASS] === 'true' : name === ingressClassName,
  );
};

const sendsTo = (ingress: KubernetesObject, services: readonly string[]): boolean => {
  const { defaultBackend, rules = [] } = specOf(ingress);
  const backends = [defaultBackend, ...rules.flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend))];
  return backends.some((backend) => services.includes(backend?.service?.name ?? ''));
};

/** Ingresses of one controller that lead to a workload. They and their Services share its namespace. */
export const ingressesOf = (workload: MitigationTarget, view: ClusterView, controller: IngressController): readonly MitigationTarget[] => {
  const services = servicesOf(workload, view);
  if (services.length === 0) return [];
  return view
    .list(INGRESS_KIND, workload.namespace)
    .filter((ingress) => sendsTo(ingress, services) && isServedBy(ingress, controller, view))
    .map(({ metadata }) => ({ kind: 'Ingress', namespace: workload.namespace, name: metadata.name }));
};
