import { joinPointer } from '../model/json-pointer.ts';
import { containerRule, FINE, podRule, type Violation } from '../model/policy.ts';
import { isAbsent, own, recordOf, stringOf } from '../model/value.ts';
import type { ContainerView, PodView } from '../pods/pod-view.ts';
import { sinceUserNamespaceExempt, sinceWindowsExempt } from './exemptions.ts';

const ALLOWED_TYPES: ReadonlySet<unknown> = new Set(['RuntimeDefault', 'Localhost']);
const EXPECTED_TYPES = 'RuntimeDefault or Localhost';

type Place = { readonly securityContext: PodView['securityContext']; readonly path: string; readonly name?: string };

/** The pod and its containers: each may carry a securityContext. */
const placesOf = (pod: PodView): readonly Place[] => [{ securityContext: pod.securityContext, path: pod.path }, ...pod.containers];

const inContainer = ({ name }: Place): { container?: string } => (name === undefined ? {} : { container: name });

/** A profile that is set, with a type other than RuntimeDefault and Localhost. */
const badProfile = (place: Place, field: 'seccompProfile' | 'appArmorProfile'): Violation[] => {
  const profile = place.securityContext[field];
  if (isAbsent(profile)) return [];
  const { type } = recordOf(profile);
  if (ALLOWED_TYPES.has(type)) return [];
  return [
    { path: `${place.path}/securityContext/${field}/type`, value: type ?? undefined, expected: EXPECTED_TYPES, ...inContainer(place) },
  ];
};

const APPARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';
const isAllowedAppArmor = (value: string): boolean => value === '' || value === 'runtime/default' || value.startsWith('localhost/');

/** AppArmor profiles in fields and in the old annotations, 1.0 and later. */
const appArmor = podRule((pod) => {
  const found = placesOf(pod).flatMap((place) => badProfile(place, 'appArmorProfile'));
  for (const [key, value] of Object.entries(recordOf(pod.metadata.annotations))) {
    if (!key.startsWith(APPARMOR_PREFIX) || typeof value !== 'string' || isAllowedAppArmor(value)) continue;
    const container = key.slice(APPARMOR_PREFIX.length);
    found.push({
      path: joinPointer(pod.metadataPath, 'annotations', key),
      value,
      expected: 'runtime/default or localhost/...',
      ...(pod.containers.some(({ name }) => name === container) ? { container } : {}),
    });
  }
  return found.length > 0 ? found : FINE;
});

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER_PREFIX = 'container.seccomp.security.alpha.kubernetes.io/';
const isAllowedSeccomp = (value: string): boolean =>
  value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');

const badSeccompAnnotation = (pod: PodView, key: string, container?: string): Violation[] => {
  const value = own(recordOf(pod.metadata.annotations), key);
  if (typeof value !== 'string' || isAllowedSeccomp(value)) return [];
  const path = joinPointer(pod.metadataPath, 'annotations', key);
  return [{ path, value, expected: 'runtime/default, docker/default or localhost/...', ...(container === undefined ? {} : { container }) }];
};

/** seccomp switched off: by annotation up to 1.18, by field since 1.19. */
const seccompBaseline = podRule((pod, { pss }) => {
  if (pss.minor < 19)
    return [
      ...badSeccompAnnotation(pod, SECCOMP_POD),
      ...pod.containers.flatMap(({ name }) => badSeccompAnnotation(pod, SECCOMP_CONTAINER_PREFIX + name, name)),
    ];
  // Restricted replaces this control by the next one, which leaves Windows pods alone.
  if (pss.level === 'restricted' && sinceWindowsExempt(pod, pss)) return FINE;
  const found = placesOf(pod).flatMap((place) => badProfile(place, 'seccompProfile'));
  return found.length > 0 ? found : FINE;
});

const missingSeccomp = (container: ContainerView): Violation[] =>
  isAbsent(container.securityContext.seccompProfile)
    ? [{ path: `${container.path}/securityContext/seccompProfile/type`, expected: EXPECTED_TYPES, container: container.name }]
    : [];

/** A seccomp profile is set and not switched off, 1.19 and later; Windows pods are exempt since 1.25. */
const seccompRestricted = podRule((pod, { pss }) => {
  if (sinceWindowsExempt(pod, pss)) return FINE;
  const found = placesOf(pod).flatMap((place) => badProfile(place, 'seccompProfile'));
  // A wrong profile of the pod is told once, at the pod.
  if (isAbsent(pod.securityContext.seccompProfile)) found.push(...pod.containers.flatMap(missingSeccomp));
  return found.length > 0 ? found : FINE;
});

const SELINUX_TYPES: ReadonlySet<string> = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t']);
const SELINUX_SINCE_31 = 'container_engine_t';

/** SELinux type outside the list, or user or role set, 1.0 and later; `container_engine_t` since 1.31. */
const seLinux = podRule((pod, { pss }) => {
  const found: Violation[] = [];
  for (const place of placesOf(pod)) {
    const options = place.securityContext.seLinuxOptions;
    if (isAbsent(options)) continue;
    const { type, user, role } = recordOf(options);
    const at = `${place.path}/securityContext/seLinuxOptions`;
    const typeText = stringOf(type) ?? '';
    if (!SELINUX_TYPES.has(typeText) && !(typeText === SELINUX_SINCE_31 && pss.minor >= 31))
      found.push({
        path: `${at}/type`,
        value: type,
        expected: 'container_t, container_init_t, container_kvm_t or absent',
        ...inContainer(place),
      });
    for (const [name, value] of Object.entries({ user, role }))
      if (stringOf(value)) found.push({ path: `${at}/${name}`, value, expected: 'absent', ...inContainer(place) });
  }
  return found.length > 0 ? found : FINE;
});

/** procMount other than Default. Baseline allows it with a user namespace since 1.35, restricted does not. */
const procMount = containerRule(({ securityContext, path, pod }, { pss }) => {
  const value = securityContext.procMount;
  if (isAbsent(value) || value === 'Default') return FINE;
  if (pss.level !== 'restricted' && sinceUserNamespaceExempt(pod, pss)) return FINE;
  return [{ path: `${path}/securityContext/procMount`, value, expected: 'Default or absent' }];
});

/** Controls about kernel confinement, by builtin name. */
export const CONFINEMENT_RULES = {
  'pss-apparmor': appArmor,
  'pss-seccomp-baseline': seccompBaseline,
  'pss-seccomp-restricted': seccompRestricted,
  'pss-selinux': seLinux,
  'pss-proc-mount': procMount,
} as const;
