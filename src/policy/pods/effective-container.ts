import { isAbsent, type JsonRecord } from '../model/value.ts';
import type { ContainerView } from './pod-view.ts';

/** Fields of a container's `securityContext` that the pod's fills in. */
export const INHERITED_FIELDS = [
  'runAsUser',
  'runAsGroup',
  'runAsNonRoot',
  'seLinuxOptions',
  'seccompProfile',
  'appArmorProfile',
  'windowsOptions',
] as const;

const views = new WeakMap<ContainerView, JsonRecord>();

/**
 * A container as the runtime sees it, for `schema:` and `cel:` bodies: its own fields, `securityContext` with what the pod says merged in,
 * and `containerType` (container, init, sidecar, ephemeral).
 */
export const effectiveContainer = (container: ContainerView): JsonRecord => {
  let view = views.get(container);
  if (!view) {
    view = mergeContainer(container);
    views.set(container, view);
  }
  return view;
};

const mergeContainer = ({ spec, securityContext, pod, type }: ContainerView): JsonRecord => {
  const merged: Record<string, unknown> = { ...securityContext };
  for (const field of INHERITED_FIELDS) {
    if (isAbsent(merged[field]) && !isAbsent(pod.securityContext[field])) merged[field] = pod.securityContext[field];
  }
  return { ...spec, securityContext: merged, containerType: type };
};

/** Where a field of the effective view really stands: `/securityContext/runAsUser` may be the pod's. */
export const realPath = (container: ContainerView, pointer: string): string => {
  const [, first, field] = pointer.split('/');
  if (first === 'securityContext' && field !== undefined && (INHERITED_FIELDS as readonly string[]).includes(field)) {
    const isOwn = !isAbsent(container.securityContext[field]);
    if (!isOwn && !isAbsent(container.pod.securityContext[field])) return container.pod.path + pointer;
  }
  return container.path + pointer;
};
