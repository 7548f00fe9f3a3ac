import { containerRule, FINE, podRule, type Violation } from '../model/policy.ts';
import { isAbsent, listOf, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { sinceUserNamespaceExempt, sinceWindowsExempt } from './exemptions.ts';

/** Privileged containers, 1.0 and later. */
const privileged = containerRule(({ securityContext, path }) =>
  securityContext.privileged === true ? [{ path: `${path}/securityContext/privileged`, value: true, expected: 'false or absent' }] : FINE,
);

/** allowPrivilegeEscalation is false, 1.8 and later; Windows pods are exempt since 1.25. */
const privilegeEscalation = containerRule(({ securityContext, path, pod }, { pss }) => {
  const value = securityContext.allowPrivilegeEscalation;
  if (value === false || sinceWindowsExempt(pod, pss)) return FINE;
  return [{ path: `${path}/securityContext/allowPrivilegeEscalation`, value: value ?? undefined, expected: 'false' }];
});

/** runAsNonRoot is true for each container, 1.0 and later; pods with a user namespace are exempt since 1.35. */
const runAsNonRoot = podRule((pod, { pss }) => {
  if (sinceUserNamespaceExempt(pod, pss)) return FINE;
  const found: Violation[] = [];
  const podLevel = pod.securityContext.runAsNonRoot;
  if (podLevel === false) found.push({ path: `${pod.path}/securityContext/runAsNonRoot`, value: false, expected: 'true' });
  for (const { securityContext, path, name } of pod.containers) {
    const own = securityContext.runAsNonRoot;
    // A pod that says false is told once, at the pod.
    if (own === true || (isAbsent(own) && typeof podLevel === 'boolean')) continue;
    found.push({ path: `${path}/securityContext/runAsNonRoot`, value: own ?? undefined, expected: 'true', container: name });
  }
  return found.length > 0 ? found : FINE;
});

/** runAsUser is not 0, 1.23 and later; pods with a user namespace are exempt since 1.35. */
const runAsUser = podRule((pod, { pss }) => {
  if (sinceUserNamespaceExempt(pod, pss)) return FINE;
  const found: Violation[] = [];
  if (pod.securityContext.runAsUser === 0) found.push({ path: `${pod.path}/securityContext/runAsUser`, value: 0, expected: 'more than 0' });
  for (const { securityContext, path, name } of pod.containers)
    if (securityContext.runAsUser === 0)
      found.push({ path: `${path}/securityContext/runAsUser`, value: 0, expected: 'more than 0', container: name });
  return found.length > 0 ? found : FINE;
});

/** Sysctls that concern the pod alone, with the minor version that allowed them. */
const SAFE_SYSCTLS: ReadonlyMap<string, number> = new Map([
  ['kernel.shm_rmid_forced', 0],
  ['net.ipv4.ip_local_port_range', 0],
  ['net.ipv4.tcp_syncookies', 0],
  ['net.ipv4.ping_group_range', 0],
  ['net.ipv4.ip_unprivileged_port_start', 0],
  ['net.ipv4.ip_local_reserved_ports', 27],
  ['net.ipv4.tcp_keepalive_time', 29],
  ['net.ipv4.tcp_fin_timeout', 29],
  ['net.ipv4.tcp_keepalive_intvl', 29],
  ['net.ipv4.tcp_keepalive_probes', 29],
  ['net.ipv4.tcp_rmem', 32],
  ['net.ipv4.tcp_wmem', 32],
  ['net.ipv4.tcp_slow_start_after_idle', 37],
  ['net.ipv4.tcp_notsent_lowat', 37],
]);

/** Sysctls outside the safe list of the version; `params.allowed` adds to it. */
const sysctls = podRule((pod, { pss, params }) => {
  const listed = pod.securityContext.sysctls;
  if (isAbsent(listed)) return FINE;
  const found: Violation[] = [];
  listOf(listed).forEach((item, i) => {
    const name = stringOf(recordOf(item).name) ?? '';
    const since = SAFE_SYSCTLS.get(name);
    if ((since !== undefined && since <= pss.minor) || stringsOf(params.allowed).includes(name)) return;
    found.push({ path: `${pod.path}/securityContext/sysctls/${i}/name`, value: name, expected: 'a sysctl that concerns the pod alone' });
  });
  return found;
});

/** Controls about what a process may do, by builtin name. */
export const PRIVILEGE_RULES = {
  'pss-privileged': privileged,
  'pss-privilege-escalation': privilegeEscalation,
  'pss-run-as-non-root': runAsNonRoot,
  'pss-run-as-user': runAsUser,
  'pss-sysctls': sysctls,
} as const;
