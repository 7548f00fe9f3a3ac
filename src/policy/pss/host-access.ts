import { containerRule, FINE, podRule, type Rule, type Violation } from '../model/policy.ts';
import { isAbsent, listOf, numberOf, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { ALLOWED_VOLUME_SOURCES } from './volumes.ts';

const hostNamespace = (field: 'hostNetwork' | 'hostPID' | 'hostIPC'): Rule =>
  podRule(({ spec, path }) => (spec[field] === true ? [{ path: `${path}/${field}`, value: true, expected: 'false or absent' }] : FINE));

/** hostPath volumes, 1.0 and later. */
const hostPath = podRule((pod, { pss }) => {
  const found: Violation[] = [];
  listOf(pod.spec.volumes).forEach((item, i) => {
    const volume = recordOf(item);
    if (isAbsent(volume.hostPath)) return;
    // Restricted replaces this control by its list of volume types, which looks at the first type that it knows.
    if (pss.level === 'restricted' && ALLOWED_VOLUME_SOURCES.some((source) => !isAbsent(volume[source]))) return;
    found.push({ path: `${pod.path}/volumes/${i}/hostPath`, value: recordOf(volume.hostPath).path ?? volume.hostPath });
  });
  return found;
});

const PORT_RANGE = /^(\d{1,5})(?:-(\d{1,5}))?$/;

const isAllowedPort = (port: number, ranges: readonly string[]): boolean =>
  ranges.some((range) => {
    const match = PORT_RANGE.exec(range);
    return match !== null && port >= Number(match[1]) && port <= Number(match[2] ?? match[1]);
  });

/** Host ports, 1.0 and later; 0 is the same as absent. `params.allowed` are ports and ranges (`8000-8100`). */
const hostPorts = containerRule((container, { params }) => {
  let found: Violation[] | undefined;
  listOf(container.spec.ports).forEach((item, i) => {
    const port = numberOf(recordOf(item).hostPort);
    if (port === undefined || port === 0 || isAllowedPort(port, stringsOf(params.allowed))) return;
    found ??= [];
    found.push({ path: `${container.path}/ports/${i}/hostPort`, value: port, expected: 'absent or 0' });
  });
  return found ?? FINE;
});

const HOST_HANDLERS = ['httpGet', 'tcpSocket'] as const;
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
const HOOKS = ['postStart', 'preStop'] as const;

/** `host` in probes and lifecycle hooks, 1.34 and later. */
const hostProbesLifecycle = containerRule(({ spec, path }) => {
  let found: Violation[] | undefined;
  const look = (handler: unknown, where: string): void => {
    if (isAbsent(handler)) return;
    for (const kind of HOST_HANDLERS) {
      const host = stringOf(recordOf(recordOf(handler)[kind]).host);
      if (!host) continue;
      found ??= [];
      found.push({ path: `${path}/${where}/${kind}/host`, value: host, expected: 'absent or empty' });
    }
  };
  for (const probe of PROBES) look(spec[probe], probe);
  const lifecycle = recordOf(spec.lifecycle);
  for (const hook of HOOKS) look(lifecycle[hook], `lifecycle/${hook}`);
  return found ?? FINE;
});

/** Windows HostProcess, 1.0 and later, on pod and container level. */
const windowsHostProcess = podRule((pod) => {
  const found: Violation[] = [];
  const look = (securityContext: unknown, at: string, container?: string): void => {
    if (recordOf(recordOf(securityContext).windowsOptions).hostProcess !== true) return;
    found.push({
      path: `${at}/securityContext/windowsOptions/hostProcess`,
      value: true,
      expected: 'false or absent',
      ...(container === undefined ? {} : { container }),
    });
  };
  look(pod.securityContext, pod.path);
  for (const container of pod.containers) look(container.securityContext, container.path, container.name);
  return found;
});

/** Controls about access to the node, by builtin name. */
export const HOST_ACCESS_RULES = {
  'pss-host-network': hostNamespace('hostNetwork'),
  'pss-host-pid': hostNamespace('hostPID'),
  'pss-host-ipc': hostNamespace('hostIPC'),
  'pss-hostpath': hostPath,
  'pss-host-ports': hostPorts,
  'pss-host-probes-lifecycle': hostProbesLifecycle,
  'pss-windows-host-process': windowsHostProcess,
} as const;
