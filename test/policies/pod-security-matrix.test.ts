import { createPolicySet, evaluate, type JsonRecord, LATEST_PSS_MINOR, newFindings, policyPack } from '../../src/policy/index.ts';
import { POD_HOLDERS } from './pod-holders.ts';

/** A pod that restricted accepts in every version. */
const securePod = (): { containers: JsonRecord[] } & JsonRecord => ({
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [secureContainer('app')],
});
const secureContainer = (name: string): JsonRecord => ({
  name,
  image: 'registry.example.com/app:1.0',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
});

/** Which versions reject: from, and before (a version that relaxes it). */
interface Case {
  readonly name: string;
  readonly policy: string;
  readonly level: 'baseline' | 'restricted';
  readonly from: number;
  readonly before?: number;
  /** Put into the container's securityContext, or into the container itself. */
  readonly security?: JsonRecord;
  readonly container?: JsonRecord;
  readonly pod?: JsonRecord;
  readonly path: string;
}

// From the Pod Security Standards, one row per control and change: https://kubernetes.io/docs/concepts/security/pod-security-standards/
const CONTAINER_CASES: readonly Case[] = [
  {
    name: 'privileged',
    policy: 'privileged',
    level: 'baseline',
    from: 0,
    security: { privileged: true },
    path: '/securityContext/privileged',
  },
  {
    name: 'NET_RAW added',
    policy: 'capabilities-baseline',
    level: 'baseline',
    from: 0,
    security: { capabilities: { drop: ['ALL'], add: ['NET_RAW'] } },
    path: '/securityContext/capabilities/add/0',
  },
  {
    name: 'CHOWN added',
    policy: 'capabilities-drop-all',
    level: 'restricted',
    from: 22,
    security: { capabilities: { drop: ['ALL'], add: ['CHOWN'] } },
    path: '/securityContext/capabilities/add/0',
  },
  {
    name: 'ALL not dropped',
    policy: 'capabilities-drop-all',
    level: 'restricted',
    from: 22,
    security: { capabilities: { drop: ['NET_RAW'] } },
    path: '/securityContext/capabilities/drop',
  },
  {
    name: 'a host port',
    policy: 'host-ports',
    level: 'baseline',
    from: 0,
    container: { ports: [{ containerPort: 80, hostPort: 80 }] },
    path: '/ports/0/hostPort',
  },
  {
    name: 'a probe host',
    policy: 'host-probes-lifecycle',
    level: 'baseline',
    from: 34,
    container: { readinessProbe: { tcpSocket: { port: 80, host: 'a' } } },
    path: '/readinessProbe/tcpSocket/host',
  },
  {
    name: 'a hook host',
    policy: 'host-probes-lifecycle',
    level: 'baseline',
    from: 34,
    container: { lifecycle: { postStart: { httpGet: { port: 80, host: 'a' } } } },
    path: '/lifecycle/postStart/httpGet/host',
  },
  {
    name: 'AppArmor off',
    policy: 'apparmor',
    level: 'baseline',
    from: 0,
    security: { appArmorProfile: { type: 'Unconfined' } },
    path: '/securityContext/appArmorProfile/type',
  },
  {
    name: 'an SELinux type',
    policy: 'selinux',
    level: 'baseline',
    from: 0,
    security: { seLinuxOptions: { type: 'spc_t' } },
    path: '/securityContext/seLinuxOptions/type',
  },
  {
    name: 'container_engine_t',
    policy: 'selinux',
    level: 'baseline',
    from: 0,
    before: 31,
    security: { seLinuxOptions: { type: 'container_engine_t' } },
    path: '/securityContext/seLinuxOptions/type',
  },
  {
    name: 'an SELinux role',
    policy: 'selinux',
    level: 'baseline',
    from: 0,
    security: { seLinuxOptions: { role: 'r' } },
    path: '/securityContext/seLinuxOptions/role',
  },
  {
    name: 'unmasked /proc',
    policy: 'proc-mount',
    level: 'baseline',
    from: 0,
    security: { procMount: 'Unmasked' },
    path: '/securityContext/procMount',
  },
  {
    name: 'unmasked /proc in a user namespace',
    policy: 'proc-mount',
    level: 'baseline',
    from: 0,
    before: 35,
    security: { procMount: 'Unmasked' },
    pod: { hostUsers: false },
    path: '/securityContext/procMount',
  },
  {
    name: 'seccomp off',
    policy: 'seccomp-unconfined',
    level: 'baseline',
    from: 19,
    security: { seccompProfile: { type: 'Unconfined' } },
    path: '/securityContext/seccompProfile/type',
  },
  {
    name: 'HostProcess',
    policy: 'windows-host-process',
    level: 'baseline',
    from: 0,
    security: { windowsOptions: { hostProcess: true } },
    path: '/securityContext/windowsOptions/hostProcess',
  },
  {
    name: 'escalation',
    policy: 'privilege-escalation',
    level: 'restricted',
    from: 8,
    security: { allowPrivilegeEscalation: true },
    path: '/securityContext/allowPrivilegeEscalation',
  },
  {
    name: 'escalation on Windows',
    policy: 'privilege-escalation',
    level: 'restricted',
    from: 8,
    before: 25,
    security: { allowPrivilegeEscalation: undefined },
    pod: { os: { name: 'windows' } },
    path: '/securityContext/allowPrivilegeEscalation',
  },
  {
    name: 'capabilities on Windows',
    policy: 'capabilities-drop-all',
    level: 'restricted',
    from: 22,
    before: 25,
    security: { capabilities: undefined },
    pod: { os: { name: 'windows' } },
    path: '/securityContext/capabilities/drop',
  },
  {
    name: 'no seccomp on Windows',
    policy: 'seccomp-required',
    level: 'restricted',
    from: 19,
    before: 25,
    security: {},
    pod: { os: { name: 'windows' }, securityContext: { runAsNonRoot: true } },
    path: '/securityContext/seccompProfile/type',
  },
  {
    name: 'no seccomp',
    policy: 'seccomp-required',
    level: 'restricted',
    from: 19,
    security: {},
    pod: { securityContext: { runAsNonRoot: true } },
    path: '/securityContext/seccompProfile/type',
  },
  {
    name: 'may be root',
    policy: 'run-as-non-root',
    level: 'restricted',
    from: 0,
    security: { runAsNonRoot: false },
    path: '/securityContext/runAsNonRoot',
  },
  {
    name: 'may be root in a user namespace',
    policy: 'run-as-non-root',
    level: 'restricted',
    from: 0,
    before: 35,
    security: { runAsNonRoot: false },
    pod: { hostUsers: false },
    path: '/securityContext/runAsNonRoot',
  },
  {
    name: 'user 0',
    policy: 'run-as-uid-zero',
    level: 'restricted',
    from: 23,
    security: { runAsUser: 0 },
    path: '/securityContext/runAsUser',
  },
  {
    name: 'user 0 in a user namespace',
    policy: 'run-as-uid-zero',
    level: 'restricted',
    from: 23,
    before: 35,
    security: { runAsUser: 0 },
    pod: { hostUsers: false },
    path: '/securityContext/runAsUser',
  },
];
const sysctl = (name: string, before?: number): Case => ({
  name: `sysctl ${name}`,
  policy: 'sysctls',
  level: 'baseline',
  from: 0,
  ...(before === undefined ? {} : { before }),
  pod: { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, sysctls: [{ name, value: '1' }] } },
  path: '/securityContext/sysctls/0/name',
});
const podField = (policy: string, field: string): Case => ({
  name: field,
  policy,
  level: 'baseline',
  from: 0,
  pod: { [field]: true },
  path: `/${field}`,
});
const POD_CASES: readonly Case[] = [
  podField('host-network', 'hostNetwork'),
  podField('host-pid', 'hostPID'),
  podField('host-ipc', 'hostIPC'),
  {
    name: 'hostPath',
    policy: 'hostpath',
    level: 'baseline',
    from: 0,
    pod: { volumes: [{ name: 'a', hostPath: { path: '/' } }] },
    path: '/volumes/0/hostPath',
  },
  {
    name: 'nfs',
    policy: 'restricted-volumes',
    level: 'restricted',
    from: 0,
    pod: { volumes: [{ name: 'a', nfs: { server: 'a', path: '/' } }] },
    path: '/volumes/0/nfs',
  },
  sysctl('kernel.msgmax'),
  sysctl('net.ipv4.ip_local_reserved_ports', 27),
  sysctl('net.ipv4.tcp_keepalive_time', 29),
  sysctl('net.ipv4.tcp_rmem', 32),
  sysctl('net.ipv4.tcp_notsent_lowat', 37),
];

const POSITIONS = [
  { position: 'container', field: 'containers', extra: {} },
  { position: 'init container', field: 'initContainers', extra: {} },
  { position: 'sidecar', field: 'initContainers', extra: { restartPolicy: 'Always' } },
  { position: 'ephemeral container', field: 'ephemeralContainers', extra: {} },
] as const;

const asPod = (spec: JsonRecord): JsonRecord => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec });
const HOLDERS = [{ kind: 'Pod', prefix: '', wrap: (pod: JsonRecord) => pod }, ...POD_HOLDERS];

const withContainer = ({ security, container, pod }: Case, field: string, extra: JsonRecord): JsonRecord => {
  const secure = secureContainer('tested');
  const tested = { ...secure, ...container, ...extra, securityContext: { ...(secure.securityContext as JsonRecord), ...security } };
  const spec: JsonRecord = { ...securePod(), ...pod };
  return field === 'containers' ? { ...spec, containers: [tested] } : { ...spec, [field]: [tested] };
};

const sets = new Map<string, ReturnType<typeof createPolicySet>>();
const setOf = (profile: 'baseline' | 'restricted', pssMinor: number) => {
  const key = `${profile}/${pssMinor}`;
  const set = sets.get(key) ?? createPolicySet(policyPack(), { profile, pssMinor });
  sets.set(key, set);
  return set;
};

/** Compares the verdict of the tested policy with the table, in every version and both levels. */
const expectVersions = (test: Case, object: JsonRecord, path: string): void => {
  const wrong: string[] = [];
  for (const profile of ['baseline', 'restricted'] as const) {
    for (let minor = 0; minor <= LATEST_PSS_MINOR; minor++) {
      // Restricted never relaxes procMount.
      const before = test.policy === 'proc-mount' && profile === 'restricted' ? undefined : test.before;
      const isRejected =
        (test.level === 'baseline' || profile === 'restricted') && minor >= test.from && (before === undefined || minor < before);
      const found = evaluate(object, { policies: setOf(profile, minor) }).filter(({ policy }) => policy === test.policy);
      const isFound = found.some((finding) => finding.path === path);
      if (isRejected ? !isFound : found.length > 0)
        wrong.push(`${profile} 1.${minor}: ${found.map((finding) => finding.path).join(' ') || 'accepted'}`);
    }
  }
  expect(wrong).toEqual([]);
};

describe('Pod Security Standards', () => {
  it.each(HOLDERS)('accept a secure pod in a $kind, in every version', ({ wrap }) => {
    for (const profile of ['baseline', 'restricted'] as const)
      for (let minor = 0; minor <= LATEST_PSS_MINOR; minor++)
        expect(evaluate(wrap(asPod(securePod())), { policies: setOf(profile, minor) })).toEqual([]);
  });

  describe.each(HOLDERS)('in a $kind', ({ wrap, prefix }) => {
    it.each(CONTAINER_CASES)('reject $name in every container position, in the versions that do', (test) => {
      for (const { field, extra } of POSITIONS)
        expectVersions(test, wrap(asPod(withContainer(test, field, extra))), `${prefix}/spec/${field}/0${test.path}`);
    });

    it.each(POD_CASES)('reject $name in the versions that do', (test) => {
      expectVersions(test, wrap(asPod({ ...securePod(), ...test.pod })), `${prefix}/spec${test.path}`);
    });
  });

  it.each(CONTAINER_CASES.filter(({ before }) => before === undefined))(
    'let an update pass that has $name already, and stop one that adds it',
    (test) => {
      const policies = setOf('restricted', LATEST_PSS_MINOR);
      const bad = evaluate(asPod(withContainer(test, 'containers', {})), { policies });
      const good = evaluate(asPod(securePod()), { policies });
      expect(newFindings(bad, bad)).toEqual([]);
      expect(newFindings(bad, good).map(({ policy }) => policy)).toContain(test.policy);
      expect(newFindings(good, bad)).toEqual([]);
    },
  );
});
