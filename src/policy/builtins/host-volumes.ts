import { FINE, podRule, type Violation } from '../model/policy.ts';
import { isAbsent, listOf, recordOf, stringOf, stringsOf } from '../model/value.ts';
import type { PodView } from '../pods/pod-view.ts';

interface HostVolume {
  readonly name: string;
  /** Without doubled and closing slashes. */
  readonly hostPath: string;
  readonly path: string;
}

const normalize = (path: string): string =>
  `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`;

const hostVolumesOf = (pod: PodView): readonly HostVolume[] => {
  const { volumes } = pod.spec;
  if (!Array.isArray(volumes)) return [];
  return volumes.flatMap((item: unknown, i): HostVolume[] => {
    const volume = recordOf(item);
    const hostPath = stringOf(recordOf(volume.hostPath).path);
    if (isAbsent(volume.hostPath) || hostPath === undefined) return [];
    return [{ name: stringOf(volume.name) ?? '', hostPath: normalize(hostPath), path: `${pod.path}/volumes/${i}/hostPath` }];
  });
};

/** Folders that hold the system, keys or other pods: mounting them whole is mounting the node. What lies below is another matter. */
const SENSITIVE: ReadonlySet<string> = new Set([
  '/',
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/home',
  '/lib',
  '/lib64',
  '/proc',
  '/root',
  '/run',
  '/sbin',
  '/sys',
  '/usr',
  '/usr/bin',
  '/usr/lib',
  '/usr/local/bin',
  '/usr/sbin',
  '/var',
  '/var/lib',
  '/var/run',
]);

/** Folders and files that are as sensitive in every part. */
const SENSITIVE_TREES: readonly string[] = [
  '/etc/cni',
  '/etc/cron',
  '/etc/kubernetes',
  '/etc/passwd',
  '/etc/rancher',
  '/etc/shadow',
  '/etc/ssh',
  '/etc/sudoers',
  '/etc/systemd',
  '/proc',
  '/root',
  '/var/lib/cloud',
  '/var/lib/containerd',
  '/var/lib/containers',
  '/var/lib/docker',
  '/var/lib/etcd',
  '/var/lib/kubelet',
  '/var/lib/rancher',
  '/var/run/secrets',
  '/run/secrets',
];

/** Names of folders with credentials of cloud providers and clusters, wherever they lie. */
const CREDENTIAL_FOLDER = /\/(\.aws|\.azure|\.config\/gcloud|\.kube|gcloud)(\/|$)/;

const isSensitive = (path: string): boolean =>
  SENSITIVE.has(path) ||
  // `/etc/cron` stands for /etc/cron.d and the like, too.
  SENSITIVE_TREES.some((tree) => path.startsWith(tree) && /^($|[./-])/.test(path.slice(tree.length))) ||
  CREDENTIAL_FOLDER.test(path) ||
  path === '/etc/crontab';

const hostPathSensitive = podRule((pod, { params }) => {
  const found: Violation[] = [];
  for (const { hostPath, path } of hostVolumesOf(pod)) {
    if (!isSensitive(hostPath) || stringsOf(params.allowed).some((allowed) => normalize(allowed) === hostPath)) continue;
    found.push({ path: `${path}/path`, value: hostPath, expected: 'a path that holds nothing of the system' });
  }
  return found.length > 0 ? found : FINE;
});

/** Each mount of a hostPath volume is read-only. */
const hostPathWritable = podRule((pod) => {
  const names = new Map(hostVolumesOf(pod).map(({ name, hostPath }) => [name, hostPath]));
  if (names.size === 0) return FINE;
  return pod.containers.flatMap(({ spec, path, name: container }) =>
    listOf(spec.volumeMounts).flatMap((item, i): Violation[] => {
      const mount = recordOf(item);
      const hostPath = names.get(stringOf(mount.name) ?? '');
      if (hostPath === undefined || mount.readOnly === true) return [];
      const message = `container ${container} can write to ${hostPath} of the node; write readOnly: true`;
      return [{ path: `${path}/volumeMounts/${i}/readOnly`, value: mount.readOnly ?? undefined, expected: 'true', container, message }];
    }),
  );
});

/** Control sockets of container runtimes, and the folders that hold nothing else of use. */
const RUNTIME_SOCKET =
  /\/(docker|containerd|crio|dockershim|cri-dockerd|podman|frakti|rkt|buildkitd|kubelet)\.sock$|^(\/var)?\/run\/(containerd|crio|docker|podman|k3s\/containerd)$/;

const runtimeSocket = podRule((pod) => {
  const found: Violation[] = [];
  for (const { hostPath, path } of hostVolumesOf(pod))
    if (RUNTIME_SOCKET.test(hostPath)) found.push({ path: `${path}/path`, value: hostPath, expected: 'no socket of the runtime' });
  return found.length > 0 ? found : FINE;
});

const flexVolumeDrivers = podRule((pod, { params }) => {
  const allowed = stringsOf(params.allowed);
  const found: Violation[] = [];
  listOf(pod.spec.volumes).forEach((item, i) => {
    const { flexVolume } = recordOf(item);
    if (isAbsent(flexVolume)) return;
    const { driver } = recordOf(flexVolume);
    if (typeof driver === 'string' && allowed.includes(driver)) return;
    const expected = allowed.length > 0 ? `one of ${allowed.join(', ')}` : 'a CSI volume';
    found.push({ path: `${pod.path}/volumes/${i}/flexVolume/driver`, value: driver ?? undefined, expected });
  });
  return found.length > 0 ? found : FINE;
});

/** Volumes that reach into the node. */
export const HOST_VOLUME_RULES = {
  'hostpath-sensitive': hostPathSensitive,
  'hostpath-writable': hostPathWritable,
  'runtime-socket': runtimeSocket,
  'flexvolume-drivers': flexVolumeDrivers,
} as const;
