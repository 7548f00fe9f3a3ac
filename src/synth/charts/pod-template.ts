import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-27';
import { type ProbeDeclaration, VERSION, type VolumeDeclaration } from '../../conventions/index.ts';
import type { Bundle, Process, Surroundings } from '../options/bundle.ts';
import { hasOwnConfig, runsToItsEnd } from '../options/parse-process.ts';
import { processLabels, selectorLabels } from './labels.ts';
import { configText } from './process-config.ts';
import { sharedClaim } from './shared-claim-chart.ts';

/** An id that no user of a node has; the number, because the kubelet cannot check the name of an image's user. */
const USER = 65_532;
// rw-r--r--, the default of volumes, written out: what a server fills in would differ from what is in Git.
const FILE_MODE = 0o644;

const probe = ({ port, path, periodSeconds, failureThreshold }: ProbeDeclaration): k8s.Probe => ({
  httpGet: { path, port: k8s.IntOrString.fromString(port), scheme: 'HTTP' },
  periodSeconds,
  failureThreshold,
  successThreshold: 1,
  timeoutSeconds: 2,
});

/** The process that a volume is of: another one of the bundle where it says so. */
const ownerOf = ({ processes }: Bundle, process: Process, of: string | undefined): Process =>
  processes.find(({ declaration }) => declaration.name === of) ?? process;

const volumeSource = (
  bundle: Bundle,
  process: Process,
  { kind, name, size, optional, of, hostPath = '/' }: VolumeDeclaration,
  persistence: boolean,
): Omit<k8s.Volume, 'name'> => {
  const owner = ownerOf(bundle, process, of);
  const limit = process.volumeSize ?? size;
  switch (kind) {
    case 'host':
      return { hostPath: { path: hostPath, type: 'DirectoryOrCreate' } };
    case 'config':
      return { configMap: { name: owner.fullName, defaultMode: FILE_MODE } };
    case 'secret':
      return {
        secret: {
          secretName: owner.secrets[name] ?? `${owner.fullName}-${name}`,
          defaultMode: FILE_MODE,
          ...(optional ? { optional: true } : {}),
        },
      };
    case 'shared':
      // Mounted for reading alone, but not asked for so: some drivers would then attach it so for the writer on the node, too.
      return { persistentVolumeClaim: { claimName: sharedClaim(bundle) } };
    case 'persistent':
      if (persistence) return { persistentVolumeClaim: { claimName: `${process.fullName}-${name}` } };
      return { emptyDir: limit === undefined ? {} : { sizeLimit: k8s.Quantity.fromString(limit) } };
    case 'empty':
      return { emptyDir: limit === undefined ? {} : { sizeLimit: k8s.Quantity.fromString(limit) } };
  }
};

const environment = ({ declaration }: Process): k8s.EnvVar[] =>
  (declaration.environment ?? []).map(({ name, field }) => ({ name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: field } } }));

const container = (bundle: Bundle, process: Process): k8s.Container => {
  const { name, args, ports, probes, volumes } = process.declaration;
  const env = environment(process);
  const { cpuRequest, memoryRequest, memoryLimit } = process.resources;
  return {
    name,
    image: bundle.image.reference,
    imagePullPolicy: bundle.image.pullPolicy,
    args: [...args],
    ...(env.length > 0 ? { env } : {}),
    ...(ports.length > 0 ? { ports: ports.map((port) => ({ name: port.name, containerPort: port.port, protocol: 'TCP' })) } : {}),
    ...(probes?.startup ? { startupProbe: probe(probes.startup) } : {}),
    ...(probes ? { livenessProbe: probe(probes.liveness), readinessProbe: probe(probes.readiness) } : {}),
    // No CPU limit: a throttled process would miss its cycle while the node idles.
    resources: {
      requests: { cpu: k8s.Quantity.fromString(cpuRequest), memory: k8s.Quantity.fromString(memoryRequest) },
      limits: { memory: k8s.Quantity.fromString(memoryLimit) },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      ...(process.declaration.asRoot === undefined ? { runAsNonRoot: true } : { runAsNonRoot: false, runAsUser: 0 }),
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'FallbackToLogsOnError',
    ...(volumes.length > 0
      ? {
          volumeMounts: volumes.map(({ name: volume, mountPath, kind, readOnly }) => ({
            name: volume,
            mountPath,
            ...(readOnly || kind === 'config' || kind === 'secret' || kind === 'host' ? { readOnly: true } : {}),
          })),
        }
      : {}),
  };
};

/** A volume of one node is there for pods of that node alone: who writes models runs where the exporter reads them. */
const besideShared = (bundle: Bundle, process: Process): Pick<k8s.PodSpec, 'affinity'> => {
  const writes = process.declaration.volumes.some(({ kind, readOnly }) => kind === 'shared' && !readOnly);
  const reader = bundle.processes.find(({ declaration }) =>
    declaration.volumes.some(({ kind, readOnly }) => kind === 'shared' && readOnly),
  );
  if (!writes || !reader || bundle.training.storage.accessMode === 'ReadWriteMany') return {};
  return {
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels: { ...selectorLabels(bundle, reader) } }, topologyKey: 'kubernetes.io/hostname' },
        ],
      },
    },
  };
};

const affinityOf = (bundle: Bundle, process: Process): k8s.TopologySpreadConstraint[] =>
  ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
    topologyKey,
    maxSkew: 1,
    // A single node must still be able to run it.
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { ...selectorLabels(bundle, process) } },
  }));

/**
 * The pod of a process as Pod Security "restricted" wants it, with every default of the API server written out, so that no GitOps
 * controller sees a difference. The checksum starts new pods when a key changes that is read only at start.
 */
export const podTemplate = (bundle: Bundle, process: Process, surroundings: Surroundings): k8s.PodTemplateSpec => {
  const { volumes, rbac, workload } = process.declaration;
  // A StatefulSet makes these itself, one per pod.
  const claimed = workload?.kind === 'StatefulSet' && surroundings.persistence;
  const mounted = volumes
    .filter(({ kind }) => !(claimed && kind === 'persistent'))
    .map((volume) => ({ name: volume.name, ...volumeSource(bundle, process, volume, surroundings.persistence) }));
  const affinity = besideShared(bundle, process);
  const checksum = createHash('sha256')
    .update(configText(process, surroundings, bundle))
    .digest('hex')
    .slice(0, 16);
  return {
    metadata: {
      labels: { ...processLabels(bundle, process), 'app.kubernetes.io/version': VERSION },
      ...(hasOwnConfig(process.declaration) ? { annotations: { 'bellwether.dev/config-checksum': checksum } } : {}),
    },
    spec: {
      ...affinity,
      automountServiceAccountToken: rbac.length > 0,
      containers: [container(bundle, process)],
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: false,
      ...(bundle.image.pullSecrets.length > 0 ? { imagePullSecrets: bundle.image.pullSecrets.map((name) => ({ name })) } : {}),
      ...(process.priorityClass === undefined ? {} : { priorityClassName: process.priorityClass }),
      // What has an end is tried again by its Job, in a new pod, so that the log of each try is kept.
      restartPolicy: runsToItsEnd(process.declaration) ? 'Never' : 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {
        fsGroup: USER,
        fsGroupChangePolicy: 'OnRootMismatch',
        runAsGroup: USER,
        runAsNonRoot: true,
        runAsUser: USER,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      serviceAccount: process.fullName,
      serviceAccountName: process.fullName,
      terminationGracePeriodSeconds: 30,
      // On every node there is nothing to spread, and no taint to wait for.
      ...(workload?.kind === 'DaemonSet' ? { tolerations: [{ operator: 'Exists' }] } : {}),
      ...(runsToItsEnd(process.declaration) || workload?.kind === 'DaemonSet'
        ? {}
        : { topologySpreadConstraints: affinityOf(bundle, process) }),
      ...(mounted.length > 0 ? { volumes: mounted } : {}),
    },
  };
};
