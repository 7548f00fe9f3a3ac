import { containerRule, FINE, objectRule, podRule, type Violation } from '../model/policy.ts';
import { isAbsent, listOf, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { isLive, isWrite } from './facts.ts';
import { matcherOf } from './given-lists.ts';

const ephemeralContainers = containerRule(({ type, path, name }) =>
  type === 'ephemeral' ? [{ path, value: name, expected: 'absent' }] : FINE,
);

/** `kubectl exec`, `attach`: the object of such a review says the container, the request says pod and namespace. */
const podExec = objectRule((object, { request, params, base }) => {
  if (request?.operation !== 'CONNECT') return FINE;
  const container = stringOf(object.container) ?? '';
  const isMeant =
    matcherOf(params, 'namespaces')(request.namespace ?? '') &&
    matcherOf(params, 'pods')(request.name) &&
    matcherOf(params, 'containers')(container);
  if (!isMeant || stringsOf(params.exceptGroups).some((group) => request.groups.includes(group))) return FINE;
  const message = `${request.subResource || 'exec'} into pod ${request.name} of namespace ${request.namespace ?? ''} is not allowed`;
  return [{ path: `${base}/command`, value: object.command ?? undefined, message }];
});

const CONTROL_PLANE: ReadonlySet<unknown> = new Set(['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']);

/** Fixed nodes: nodeName, nodeSelector by more than the platform, tolerations of the control plane. */
const nodePinning = podRule((pod, input) => {
  const { spec, path } = pod;
  const found: Violation[] = [];
  // The scheduler writes nodeName into live pods.
  const isPlaced = input.object.kind === 'Pod' && (isLive(input) || isWrite(input, 'UPDATE'));
  if (stringOf(spec.nodeName) && !isPlaced) found.push({ path: `${path}/nodeName`, value: spec.nodeName, expected: 'absent' });
  const allowed = matcherOf(input.params, 'allowedLabels');
  // A DaemonSet chooses the kind of nodes that it is for; but not the control plane.
  const isFree = (key: string): boolean => allowed(key) || (input.object.kind === 'DaemonSet' && !CONTROL_PLANE.has(key));
  const pinned = Object.keys(recordOf(spec.nodeSelector)).filter((key) => !isFree(key));
  if (pinned.length > 0) found.push({ path: `${path}/nodeSelector`, value: pinned.join(', '), expected: 'absent' });
  listOf(spec.tolerations).forEach((item, i) => {
    const { key, operator, effect } = recordOf(item);
    // A toleration of everything is what a DaemonSet for all nodes needs.
    const ofAll = !stringOf(key) && operator === 'Exists' && (isAbsent(effect) || effect === '' || effect === 'NoSchedule');
    if (!CONTROL_PLANE.has(key) && !(ofAll && input.object.kind !== 'DaemonSet')) return;
    const message = `a toleration lets the pods run on control plane nodes; remove it`;
    found.push({ path: `${path}/tolerations/${i}`, value: key ?? 'all taints', expected: 'absent', message });
  });
  return found.length > 0 ? found : FINE;
});

const SSH = 22;
const isTcp = (protocol: unknown): boolean => isAbsent(protocol) || protocol === 'TCP';

/** Port 22 of a container or a Service. */
const sshPort = objectRule((object, { pods, base }) => {
  if (pods)
    return pods.containers.flatMap(({ spec, path, name }) =>
      listOf(spec.ports).flatMap((item, i): Violation[] => {
        const { containerPort, protocol } = recordOf(item);
        if (containerPort !== SSH || !isTcp(protocol)) return [];
        return [{ path: `${path}/ports/${i}/containerPort`, value: SSH, expected: 'another port', container: name }];
      }),
    );
  if (object.kind !== 'Service') return FINE;
  return listOf(recordOf(object.spec).ports).flatMap((item, i): Violation[] => {
    const { port, targetPort, protocol } = recordOf(item);
    if (!isTcp(protocol) || (port !== SSH && targetPort !== SSH)) return [];
    const field = targetPort === SSH ? 'targetPort' : 'port';
    return [
      { path: `${base}/spec/ports/${i}/${field}`, value: SSH, expected: 'another port', message: 'the Service leads to SSH, port 22' },
    ];
  });
});

// At the start of a command, not as the name of a package that is installed.
const SUDO = /(?:^|[;&|(`\n]|\$\(|\b(?:then|do|else|exec|env|time|nohup)\s)\s*(?:\S*\/)?sudo\s/;

const sudoInCommand = containerRule(({ spec, path }) => {
  let found: Violation[] | undefined;
  for (const field of ['command', 'args'] as const) {
    listOf(spec[field]).forEach((part, i) => {
      if (typeof part !== 'string' || !part.includes('sudo')) return;
      const isSudo = /^(?:\S*\/)?sudo$/.test(part)
        ? i === 0 || field === 'command' || !isPackageList(listOf(spec[field]))
        : SUDO.test(part);
      if (!isSudo) return;
      found ??= [];
      found.push({ path: `${path}/${field}/${i}`, value: part, expected: 'a command without sudo' });
    });
  }
  return found ?? FINE;
});

const isPackageList = (words: readonly unknown[]): boolean => words.some((word) => word === 'install' || word === 'add');

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
const SHELL = /(^|\/)(ba|da|a|k|z)?sh$/;

/** Programs that a command starts: its first word, in a shell the first word of each part of the script. */
const programsOf = (command: readonly string[]): string[] => {
  const [first = '', flag = '', script = ''] = command;
  const words =
    SHELL.test(first) && /^-\w*c/.test(flag) ? script.split(/[;&|\n`(]+/).map((part) => part.trim().split(/\s+/)[0] ?? '') : [first];
  return words.map((word) => word.slice(word.lastIndexOf('/') + 1));
};

const execProbeCommands = containerRule(({ spec, path }, { params }) => {
  let found: Violation[] | undefined;
  for (const probe of PROBES) {
    const { command } = recordOf(recordOf(spec[probe]).exec);
    if (!Array.isArray(command)) continue;
    const banned = programsOf(stringsOf(command)).find((program) => stringsOf(params.banned).includes(program));
    if (banned === undefined) continue;
    found ??= [];
    found.push({ path: `${path}/${probe}/exec/command`, value: banned, expected: 'another command' });
  }
  return found ?? FINE;
});

/** What git-sync runs as git, by variable in any container, by argument where the image is git-sync. */
const GIT_VARIABLES: ReadonlySet<unknown> = new Set(['GITSYNC_GIT', 'GIT_SYNC_GIT']);

const gitSync = containerRule(({ spec, path }) => {
  const found: Violation[] = [];
  listOf(spec.env).forEach((item, i) => {
    const { name } = recordOf(item);
    if (GIT_VARIABLES.has(name)) found.push({ path: `${path}/env/${i}/name`, value: name, expected: 'absent' });
  });
  if (/(^|\/)git-sync([:@]|$)/.test(stringOf(spec.image) ?? ''))
    for (const field of ['command', 'args'] as const)
      listOf(spec[field]).forEach((part, i) => {
        if (typeof part === 'string' && /^--?git(=|$)/.test(part))
          found.push({ path: `${path}/${field}/${i}`, value: part, expected: 'absent' });
      });
  return found.length > 0 ? found : FINE;
});

/** Habits of pods that help whoever gets in. */
export const POD_HYGIENE_RULES = {
  'ephemeral-containers': ephemeralContainers,
  'pod-exec-blocked': podExec,
  'node-pinning': nodePinning,
  'ssh-port': sshPort,
  'sudo-in-command': sudoInCommand,
  'exec-probe-commands': execProbeCommands,
  'git-sync-injection': gitSync,
} as const;
