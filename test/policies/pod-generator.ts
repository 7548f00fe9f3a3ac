import type { JsonRecord } from '../../src/policy/index.ts';

/** Numbers from 0 to 1 out of a seed (mulberry32): the same pods on every machine. */
export const createRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const VOLUMES: readonly JsonRecord[] = [
  { emptyDir: {} },
  { configMap: { name: 'a' } },
  { secret: { secretName: 'a' } },
  { projected: { sources: [] } },
  { downwardAPI: {} },
  { persistentVolumeClaim: { claimName: 'a' } },
  { ephemeral: { volumeClaimTemplate: { spec: {} } } },
  { csi: { driver: 'a' } },
  { image: { reference: 'a' } },
  { hostPath: { path: '/var/log' } },
  { nfs: { server: 'a', path: '/' } },
  { gitRepo: { repository: 'a' } },
  { iscsi: { targetPortal: 'a', iqn: 'a', lun: 0 } },
  { fc: {} },
  { flexVolume: { driver: 'a' } },
  { cephfs: { monitors: [] } },
  { azureFile: { secretName: 'a', shareName: 'a' } },
  { glusterfs: { endpoints: 'a', path: 'a' } },
  { awsElasticBlockStore: { volumeID: 'a' } },
];
const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
  'net.ipv4.tcp_slow_start_after_idle',
  'net.ipv4.tcp_notsent_lowat',
  'kernel.msgmax',
  '',
];
const CAPABILITIES = ['ALL', 'NET_BIND_SERVICE', 'CHOWN', 'SYS_CHROOT', 'MKNOD', 'NET_RAW', 'SYS_ADMIN', 'CAP_CHOWN', 'all'];
const PROFILE_TYPES = ['RuntimeDefault', 'Localhost', 'Unconfined', ''];

/**
 * Random pods near the border of the Pod Security Standards: mostly what restricted allows, with a few deviations, so that single controls
 * decide. Fields have the right types: what the API server would not even decode is not our subject here.
 */
export const createPodGenerator = (seed: number): (() => JsonRecord) => {
  const random = createRandom(seed);
  const chance = (probability: number): boolean => random() < probability;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  /** A field that deviates now and then. */
  const field = <T>(name: string, usual: T | undefined, others: readonly (T | undefined)[], probability: number): JsonRecord => {
    const value = chance(probability) ? pick(others) : usual;
    return value === undefined ? {} : { [name]: value };
  };
  const handler = (): JsonRecord => ({
    [pick(['httpGet', 'tcpSocket'])]: { port: 80, ...field('host', undefined, ['', '127.0.0.1'], 0.3) },
  });

  const securityContext = (isPod: boolean, deviation: number): JsonRecord => ({
    ...field('runAsNonRoot', isPod || chance(0.3) ? true : undefined, [true, false, undefined], deviation),
    ...field('runAsUser', undefined, [0, 1000], deviation),
    ...field(
      'seccompProfile',
      isPod || chance(0.3) ? { type: 'RuntimeDefault' } : undefined,
      [...PROFILE_TYPES.map((type) => ({ type })), undefined],
      deviation,
    ),
    ...field(
      'appArmorProfile',
      undefined,
      PROFILE_TYPES.map((type) => ({ type })),
      deviation,
    ),
    ...field(
      'seLinuxOptions',
      undefined,
      [
        {},
        { level: 's0' },
        { type: 'container_t' },
        { type: 'container_engine_t' },
        { type: 'spc_t' },
        { user: 'u' },
        { role: 'r' },
        { type: '', user: '' },
      ],
      deviation,
    ),
    ...field('windowsOptions', undefined, [{}, { hostProcess: false }, { hostProcess: true }], deviation),
    ...(isPod
      ? field(
          'sysctls',
          undefined,
          [
            [],
            [{ name: pick(SYSCTLS), value: '1' }],
            [
              { name: pick(SYSCTLS), value: '1' },
              { name: pick(SYSCTLS), value: '1' },
            ],
          ],
          deviation * 2,
        )
      : {
          ...field('privileged', undefined, [true, false], deviation),
          ...field('allowPrivilegeEscalation', false, [true, undefined], deviation),
          ...field('procMount', undefined, ['Default', 'Unmasked', ''], deviation),
          ...field(
            'capabilities',
            { drop: ['ALL'] },
            [
              {},
              undefined,
              { drop: [pick(CAPABILITIES)] },
              { drop: ['ALL'], add: [pick(CAPABILITIES), pick(CAPABILITIES)] },
              { add: [pick(CAPABILITIES)] },
            ],
            deviation * 2,
          ),
        }),
  });

  const container = (name: string, deviation: number): JsonRecord => ({
    name,
    image: 'registry.example.com/app:1.0',
    ...(chance(0.97) ? { securityContext: securityContext(false, deviation) } : {}),
    ...field(
      'ports',
      undefined,
      [[{ containerPort: 80 }], [{ containerPort: 80, hostPort: 0 }], [{ containerPort: 80, hostPort: 80 }]],
      deviation,
    ),
    ...field('livenessProbe', undefined, [handler()], deviation),
    ...field('readinessProbe', undefined, [handler(), { exec: { command: ['a'] } }], deviation),
    ...field('startupProbe', undefined, [handler()], deviation),
    ...field('lifecycle', undefined, [{ preStop: handler() }, { postStart: handler() }, {}], deviation),
  });

  return () => {
    const deviation = pick([0.005, 0.02, 0.06]);
    const names = ['app', ...(chance(0.3) ? ['side'] : [])];
    const annotations: Record<string, string> = {};
    if (chance(deviation))
      annotations['container.apparmor.security.beta.kubernetes.io/app'] = pick(['runtime/default', 'localhost/a', 'unconfined', '']);
    if (chance(deviation))
      annotations['seccomp.security.alpha.kubernetes.io/pod'] = pick([
        'runtime/default',
        'docker/default',
        'localhost/a',
        'unconfined',
        '',
      ]);
    if (chance(deviation))
      annotations[`container.seccomp.security.alpha.kubernetes.io/${pick(['app', 'nobody'])}`] = pick(['runtime/default', 'unconfined']);
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'generated', ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
      spec: {
        ...(chance(0.95) ? { securityContext: securityContext(true, deviation) } : {}),
        ...field('hostNetwork', undefined, [true, false], deviation),
        ...field('hostPID', undefined, [true, false], deviation),
        ...field('hostIPC', undefined, [true, false], deviation),
        ...field('hostUsers', undefined, [true, false], 0.15),
        ...field('os', undefined, [{ name: 'windows' }, { name: 'linux' }], 0.15),
        ...field(
          'volumes',
          undefined,
          [
            [{ name: 'a', ...pick(VOLUMES) }],
            [
              { name: 'a', ...pick(VOLUMES) },
              { name: 'b', ...pick(VOLUMES) },
            ],
          ],
          0.3,
        ),
        containers: names.map((name) => container(name, deviation)),
        ...(chance(0.2)
          ? { initContainers: [{ ...container('init', deviation), ...field('restartPolicy', undefined, ['Always'], 0.5) }] }
          : {}),
        ...(chance(0.1) ? { ephemeralContainers: [container('debug', deviation)] } : {}),
      },
    };
  };
};
