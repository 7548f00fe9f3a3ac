import { FINE, objectRule, type Violation } from '../model/policy.ts';
import { isAbsent, type JsonRecord, listOf, recordOf, stringOf, stringsOf } from '../model/value.ts';
import type { PodView } from '../pods/pod-view.ts';

interface FlagRule {
  readonly flag: string;
  /** Judges the value; undefined where the flag is absent. */
  readonly isFine: (value: string | undefined) => boolean;
  readonly expected: string;
}

const isSet = (flag: string): FlagRule => ({ flag, isFine: (value) => Boolean(value), expected: `--${flag} with a value` });
const isUnset = (flag: string): FlagRule => ({ flag, isFine: (value) => value === undefined, expected: `no --${flag}` });
const mustBe = (flag: string, wanted: string): FlagRule => ({ flag, isFine: (value) => value === wanted, expected: `--${flag}=${wanted}` });
const mustNotBe = (flag: string, bad: string): FlagRule => ({
  flag,
  isFine: (value) => value !== bad,
  expected: `--${flag} other than ${bad}`,
});
const has = (flag: string, part: string): FlagRule => ({
  flag,
  isFine: (value) => (value ?? '').split(',').includes(part),
  expected: `--${flag} with ${part}`,
});
const lacks = (flag: string, part: string): FlagRule => ({
  flag,
  isFine: (value) => !(value ?? '').split(',').includes(part),
  expected: `--${flag} without ${part}`,
});

/** What the CIS benchmark asks of the flags of each component, sections 1 and 2. */
const RULES: Readonly<Record<string, readonly FlagRule[]>> = {
  'kube-apiserver': [
    mustNotBe('anonymous-auth', 'true'),
    isUnset('token-auth-file'),
    isUnset('basic-auth-file'),
    lacks('authorization-mode', 'AlwaysAllow'),
    has('authorization-mode', 'Node'),
    has('authorization-mode', 'RBAC'),
    lacks('enable-admission-plugins', 'AlwaysAdmit'),
    lacks('disable-admission-plugins', 'NamespaceLifecycle'),
    lacks('disable-admission-plugins', 'ServiceAccount'),
    has('enable-admission-plugins', 'NodeRestriction'),
    mustBe('profiling', 'false'),
    isSet('audit-log-path'),
    mustNotBe('service-account-lookup', 'false'),
    isSet('service-account-key-file'),
    isSet('etcd-cafile'),
    isSet('etcd-certfile'),
    isSet('etcd-keyfile'),
    isSet('tls-cert-file'),
    isSet('tls-private-key-file'),
    isSet('client-ca-file'),
    isSet('kubelet-client-certificate'),
    isSet('kubelet-client-key'),
    mustNotBe('secure-port', '0'),
  ],
  'kube-controller-manager': [
    mustBe('profiling', 'false'),
    mustBe('use-service-account-credentials', 'true'),
    isSet('service-account-private-key-file'),
    isSet('root-ca-file'),
    mustBe('bind-address', '127.0.0.1'),
    lacks('feature-gates', 'RotateKubeletServerCertificate=false'),
  ],
  'kube-scheduler': [mustBe('profiling', 'false'), mustBe('bind-address', '127.0.0.1')],
  etcd: [
    isSet('cert-file'),
    isSet('key-file'),
    mustBe('client-cert-auth', 'true'),
    mustNotBe('auto-tls', 'true'),
    isSet('peer-cert-file'),
    isSet('peer-key-file'),
    mustBe('peer-client-cert-auth', 'true'),
    mustNotBe('peer-auto-tls', 'true'),
  ],
};

const FLAG = /^--([a-z0-9-]+)(?:=([\s\S]*))?$/;

interface Flag {
  readonly value: string;
  readonly path: string;
}

/** Flags of a command line with their places: `--a=b`, `--a` (true), `--a b`. */
const flagsOf = (spec: JsonRecord, path: string): ReadonlyMap<string, Flag> => {
  const flags = new Map<string, Flag>();
  for (const field of ['command', 'args'] as const) {
    const words = listOf(spec[field]);
    words.forEach((word, i) => {
      const match = typeof word === 'string' ? FLAG.exec(word) : null;
      if (!match) return;
      const next = words[i + 1];
      const value = match[2] ?? (typeof next === 'string' && !next.startsWith('-') ? next : 'true');
      flags.set(match[1]!, { value, path: `${path}/${field}/${i}` });
    });
  }
  return flags;
};

const componentOf = ({ spec, name }: PodView['containers'][number]): string | undefined => {
  const program = [...stringsOf(spec.command), ...stringsOf(spec.args)].find((word) => !word.startsWith('-')) ?? name;
  const last = program.slice(program.lastIndexOf('/') + 1);
  return Object.hasOwn(RULES, last) ? last : undefined;
};

const judgePods = (pods: PodView): readonly Violation[] =>
  pods.containers.flatMap((container) => {
    const component = container.type === 'container' ? componentOf(container) : undefined;
    if (component === undefined) return [];
    const flags = flagsOf(container.spec, container.path);
    const at = `${container.path}/${Array.isArray(container.spec.command) ? 'command' : 'args'}`;
    return RULES[component]!.flatMap(({ flag, isFine, expected }): Violation[] => {
      const found = flags.get(flag);
      if (isFine(found?.value)) return [];
      const message = `${component} has ${found ? `--${flag}=${found.value.slice(0, 80)}` : `no --${flag}`}; expected is ${expected}`;
      return [{ path: found?.path ?? at, value: found?.value ?? component, expected, message, container: container.name }];
    });
  });

/** Configuration of the kubelet, section 4 of the benchmark. */
const judgeKubelet = (object: JsonRecord, base: string): readonly Violation[] => {
  const { authentication, authorization, readOnlyPort, protectKernelDefaults, rotateCertificates } = object;
  const checks: readonly (readonly [path: string, value: unknown, isFine: boolean, expected: string])[] = [
    [
      '/authentication/anonymous/enabled',
      recordOf(recordOf(authentication).anonymous).enabled,
      recordOf(recordOf(authentication).anonymous).enabled !== true,
      'false',
    ],
    ['/authorization/mode', recordOf(authorization).mode, recordOf(authorization).mode !== 'AlwaysAllow', 'Webhook'],
    ['/readOnlyPort', readOnlyPort, isAbsent(readOnlyPort) || readOnlyPort === 0, '0'],
    ['/protectKernelDefaults', protectKernelDefaults, protectKernelDefaults !== false, 'true'],
    ['/rotateCertificates', rotateCertificates, rotateCertificates !== false, 'true'],
  ];
  return checks
    .filter(([, , isFine]) => !isFine)
    .map(([path, value, , expected]) => ({
      path: base + path,
      value,
      expected,
      message: `the kubelet has ${path.slice(1).replaceAll('/', '.')}: ${String(value)}; expected is ${expected}`,
    }));
};

const controlPlaneFlags = objectRule((object, { base, pods }) => {
  if (pods) return object.kind === 'Pod' || stringOf(object.kind) === 'DaemonSet' ? judgePods(pods) : FINE;
  return object.kind === 'KubeletConfiguration' ? judgeKubelet(object, base) : FINE;
});

/** Programs of the control plane. */
export const CONTROL_PLANE_RULES = { 'control-plane-flags': controlPlaneFlags } as const;
