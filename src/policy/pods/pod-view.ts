import { groupOf } from '../model/kubernetes-object.ts';
import { isAbsent, isRecord, type JsonRecord, listOf, recordOf, stringOf } from '../model/value.ts';

/** `sidecar`: an init container with `restartPolicy: Always`. */
export type ContainerType = 'container' | 'init' | 'sidecar' | 'ephemeral';

/** One container of a pod, with what it inherits. */
export interface ContainerView {
  readonly type: ContainerType;
  /** Its name; its path where it has none. */
  readonly name: string;
  /** JSON Pointer in the document: `/spec/template/spec/containers/0`. */
  readonly path: string;
  readonly index: number;
  readonly spec: JsonRecord;
  /** Its own `securityContext`, empty where it has none. */
  readonly securityContext: JsonRecord;
  readonly pod: PodView;
}

/** The pods that an object is or makes. */
export interface PodView {
  /** JSON Pointer of the pod spec: `/spec`, `/spec/template/spec`, ... */
  readonly path: string;
  readonly spec: JsonRecord;
  /** JSON Pointer of the pods' metadata. */
  readonly metadataPath: string;
  /** The pods' own metadata: labels and annotations of the template, not of the controller. */
  readonly metadata: JsonRecord;
  /** The pod-level `securityContext`, empty where there is none. */
  readonly securityContext: JsonRecord;
  readonly isWindows: boolean;
  /** `hostUsers: false`: root in the container is nobody on the node. */
  readonly hasUserNamespace: boolean;
  /** Containers, then init containers and sidecars, then ephemeral ones. */
  readonly containers: readonly ContainerView[];
  /** How many more containers there are, beyond `MAX_CONTAINERS`. */
  readonly omitted: number;
}

/** Of one pod. Far above what a node can run; what is above is an attack on whoever judges it. */
export const MAX_CONTAINERS = 1000;

/** Where pod templates lie: `group/Kind` to the JSON Pointer of what holds `metadata` and `spec` of the pods. */
export type PodPaths = Readonly<Record<string, string>>;

const TEMPLATE = '/spec/template';
const BUILT_IN: Readonly<Record<string, readonly [path: string, ...groups: string[]]>> = {
  Pod: ['', ''],
  PodTemplate: ['/template', ''],
  ReplicationController: [TEMPLATE, ''],
  // An absent group is a mistake of the author, but no reason not to look.
  Deployment: [TEMPLATE, 'apps', 'extensions', ''],
  ReplicaSet: [TEMPLATE, 'apps', 'extensions', ''],
  StatefulSet: [TEMPLATE, 'apps', ''],
  DaemonSet: [TEMPLATE, 'apps', 'extensions', ''],
  Job: [TEMPLATE, 'batch', 'extensions', ''],
  CronJob: ['/spec/jobTemplate/spec/template', 'batch', ''],
};

/** Custom resources with a plain pod template, known without configuration. */
export const DEFAULT_POD_PATHS: PodPaths = {
  'argoproj.io/Rollout': TEMPLATE,
  'serving.knative.dev/Service': TEMPLATE,
  'serving.knative.dev/Configuration': TEMPLATE,
  'apps.kruise.io/CloneSet': TEMPLATE,
  'apps.kruise.io/StatefulSet': TEMPLATE,
  'apps.kruise.io/DaemonSet': TEMPLATE,
  'apps.kruise.io/BroadcastJob': TEMPLATE,
};

const FIELDS = ['containers', 'initContainers', 'ephemeralContainers'] as const;

const typeOf = (field: (typeof FIELDS)[number], spec: JsonRecord): ContainerType => {
  if (field === 'containers') return 'container';
  if (field === 'ephemeralContainers') return 'ephemeral';
  return spec.restartPolicy === 'Always' ? 'sidecar' : 'init';
};

/** Where this object's pod template is; undefined for objects that make no pods. */
export const podPathOf = (object: JsonRecord, podPaths: PodPaths = DEFAULT_POD_PATHS): string | undefined => {
  const kind = stringOf(object.kind) ?? '';
  const group = groupOf(object);
  const builtIn = Object.hasOwn(BUILT_IN, kind) ? BUILT_IN[kind] : undefined;
  if (builtIn?.slice(1).includes(group)) return builtIn[0];
  const key = `${group}/${kind}`;
  return Object.hasOwn(podPaths, key) ? podPaths[key] : undefined;
};

const descend = (object: JsonRecord, pointer: string): JsonRecord => {
  let value: unknown = object;
  for (const key of pointer.split('/').slice(1)) value = recordOf(value)[key];
  return recordOf(value);
};

/**
 * The pods that an object makes, or undefined where it makes none (also where its template is absent: then nothing can be said).
 * `base` is where the object itself lies in its document.
 */
export const viewPods = (object: JsonRecord, base = '', podPaths?: PodPaths): PodView | undefined => {
  const path = podPathOf(object, podPaths);
  if (path === undefined) return undefined;
  const holder = descend(object, path);
  if (!isRecord(holder.spec)) return undefined;
  const { spec } = holder;
  const containers: ContainerView[] = [];
  const total = FIELDS.reduce((sum, field) => sum + listOf(spec[field]).length, 0);
  const pod: PodView = {
    path: `${base}${path}/spec`,
    spec,
    metadataPath: `${base}${path}/metadata`,
    metadata: recordOf(holder.metadata),
    securityContext: recordOf(spec.securityContext),
    isWindows: recordOf(spec.os).name === 'windows',
    hasUserNamespace: spec.hostUsers === false,
    containers,
    omitted: Math.max(0, total - MAX_CONTAINERS),
  };
  for (const field of FIELDS) {
    listOf(spec[field]).forEach((item, index) => {
      if (!isRecord(item) || containers.length >= MAX_CONTAINERS) return;
      const own = `${pod.path}/${field}/${index}`;
      containers.push({
        type: typeOf(field, item),
        name: stringOf(item.name) || own,
        path: own,
        index,
        spec: item,
        securityContext: recordOf(item.securityContext),
        pod,
      });
    });
  }
  return pod;
};

/** A field of `securityContext` as the runtime sees it: the container's own, else the pod's; with the place where it stands. */
export interface EffectiveField {
  readonly value: unknown;
  /** Where the value stands; where it is absent, where it belongs in the container. */
  readonly path: string;
  readonly from: 'container' | 'pod' | 'nowhere';
}

/** `runAsUser`, `runAsGroup`, `runAsNonRoot`, `seLinuxOptions`, `seccompProfile`, `appArmorProfile`, `windowsOptions` are inherited as a whole. */
export const effectiveField = ({ securityContext, path, pod }: ContainerView, field: string): EffectiveField => {
  const own = securityContext[field];
  const ownPath = `${path}/securityContext/${field}`;
  if (!isAbsent(own)) return { value: own, path: ownPath, from: 'container' };
  const inherited = pod.securityContext[field];
  if (!isAbsent(inherited)) return { value: inherited, path: `${pod.path}/securityContext/${field}`, from: 'pod' };
  return { value: undefined, path: ownPath, from: 'nowhere' };
};
