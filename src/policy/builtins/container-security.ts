import { containerRule, FINE, podRule, type Violation } from '../model/policy.ts';
import { isAbsent, listOf, numberOf, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { effectiveField } from '../pods/pod-view.ts';
import { inRanges } from './given-lists.ts';

// Runtimes read capability names in any case.
const upper = (names: unknown): string[] => stringsOf(names).map((name) => name.toUpperCase());

/** NET_RAW is dropped, by itself or with ALL, and not added again. Windows containers have no capabilities. */
const capNetRaw = containerRule(({ securityContext, path, pod, name: container }) => {
  if (pod.isWindows) return FINE;
  const { drop, add } = recordOf(securityContext.capabilities);
  const added = upper(add).indexOf('NET_RAW');
  if (added >= 0) {
    const message = `container ${container} adds NET_RAW; remove it from add`;
    return [{ path: `${path}/securityContext/capabilities/add/${added}`, value: 'NET_RAW', expected: 'absent', message }];
  }
  const dropped = upper(drop);
  if (dropped.includes('ALL') || dropped.includes('NET_RAW')) return FINE;
  return [{ path: `${path}/securityContext/capabilities/drop`, value: drop ?? undefined, expected: '["ALL"] or ["NET_RAW"]' }];
});

const capDangerous = containerRule(({ securityContext, path }, { params }) => {
  const { add } = recordOf(securityContext.capabilities);
  if (!Array.isArray(add)) return FINE;
  const dangerous = stringsOf(params.capabilities);
  return add.flatMap((name: unknown, i): Violation[] =>
    typeof name === 'string' && dangerous.includes(name.toUpperCase().replace(/^CAP_/, ''))
      ? [{ path: `${path}/securityContext/capabilities/add/${i}`, value: name, expected: 'absent' }]
      : [],
  );
});

/** The root filesystem is read-only. Windows cannot do that. */
const readOnlyRootFs = containerRule(({ securityContext, path, pod }) => {
  const value = securityContext.readOnlyRootFilesystem;
  if (value === true || pod.isWindows) return FINE;
  return [{ path: `${path}/securityContext/readOnlyRootFilesystem`, value: value ?? undefined, expected: 'true' }];
});

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

/** No securityContext of the pod and none of the container; an empty one says nothing. */
const securityContextMissing = podRule((pod) => {
  if (!isEmpty(pod.securityContext)) return FINE;
  return pod.containers
    .filter(({ securityContext }) => isEmpty(securityContext))
    .map(({ path, name, spec }) => ({
      path: `${path}/securityContext`,
      value: spec.securityContext ?? undefined,
      expected: 'a securityContext',
      container: name,
    }));
});

/** User or group of each container is above a number. One value of the pod is told once. */
const highId = (field: 'runAsUser' | 'runAsGroup') =>
  podRule((pod, { params }) => {
    if (pod.isWindows) return FINE;
    const above = numberOf(params.above) ?? 0;
    const found = new Map<string, Violation>();
    for (const container of pod.containers) {
      const { value, path, from } = effectiveField(container, field);
      if (typeof value === 'number' && value > above) continue;
      const about = from === 'pod' ? {} : { container: container.name };
      found.set(path, { path, value, expected: `more than ${above}`, ...about });
    }
    return found.size > 0 ? [...found.values()] : FINE;
  });

/** Group 0, or a group outside the allowed ranges, in runAsGroup, fsGroup and supplementalGroups. */
const rootGroups = podRule((pod, { params }) => {
  const allowed = stringsOf(params.allowed);
  const expected = allowed.length > 0 ? `within ${allowed.join(', ')}` : 'above 0';
  const found: Violation[] = [];
  const look = (value: unknown, path: string, container?: string): void => {
    if (typeof value !== 'number' || (value !== 0 && (allowed.length === 0 || inRanges(value, allowed)))) return;
    found.push({ path, value, expected, ...(container === undefined ? {} : { container }) });
  };
  const at = `${pod.path}/securityContext`;
  look(pod.securityContext.runAsGroup, `${at}/runAsGroup`);
  look(pod.securityContext.fsGroup, `${at}/fsGroup`);
  listOf(pod.securityContext.supplementalGroups).forEach((group, i) => {
    look(group, `${at}/supplementalGroups/${i}`);
  });
  for (const { securityContext, path, name } of pod.containers)
    look(securityContext.runAsGroup, `${path}/securityContext/runAsGroup`, name);
  return found.length > 0 ? found : FINE;
});

const ADMINISTRATOR = /(^|\\)ContainerAdministrator$/i;

/** The administrator of a Windows container, set for the pod or a container. */
const windowsRunAsUser = podRule((pod) => {
  const found: Violation[] = [];
  const look = (securityContext: unknown, at: string, container?: string): void => {
    const user = stringOf(recordOf(recordOf(securityContext).windowsOptions).runAsUserName);
    if (user === undefined || !ADMINISTRATOR.test(user)) return;
    const path = `${at}/securityContext/windowsOptions/runAsUserName`;
    found.push({ path, value: user, expected: 'ContainerUser', ...(container === undefined ? {} : { container }) });
  };
  look(pod.securityContext, pod.path);
  for (const { securityContext, path, name } of pod.containers) look(securityContext, path, name);
  return found.length > 0 ? found : FINE;
});

/** A RuntimeClass is named, and it is an allowed one. */
const runtimeClass = podRule((pod, { params }) => {
  const value = pod.spec.runtimeClassName;
  const allowed = stringsOf(params.allowed);
  const fits = isAbsent(value) ? params.required !== true : allowed.length === 0 || allowed.includes(String(value));
  if (fits) return FINE;
  return [{ path: `${pod.path}/runtimeClassName`, value: value ?? undefined, expected: allowed.join(', ') || 'a RuntimeClass' }];
});

/** What a container may do on its node, beyond the Pod Security Standards. */
export const CONTAINER_SECURITY_RULES = {
  'cap-net-raw': capNetRaw,
  'cap-dangerous': capDangerous,
  'read-only-root-fs': readOnlyRootFs,
  'security-context-missing': securityContextMissing,
  'run-as-high-uid': highId('runAsUser'),
  'run-as-high-gid': highId('runAsGroup'),
  'root-groups': rootGroups,
  'windows-run-as-user': windowsRunAsUser,
  'runtime-class': runtimeClass,
} as const;
