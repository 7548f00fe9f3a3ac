import type { JsonRecord } from '../../src/policy/index.ts';

/** Puts a pod into each kind that makes pods, and says where its pointers are then. */
export interface PodHolder {
  readonly kind: string;
  readonly wrap: (pod: JsonRecord) => JsonRecord;
  /** Pointer of the template: `/spec/containers/0` of the pod lies below it. */
  readonly prefix: string;
}

const holder = (apiVersion: string, kind: string, prefix: string): PodHolder => ({
  kind,
  prefix,
  wrap: ({ metadata, spec }) => {
    const template = { metadata: { ...(metadata as JsonRecord), labels: { app: 'example' } }, spec };
    const outer = { apiVersion, kind, metadata: { name: 'example', namespace: 'team-a' } };
    return prefix === '/template' ? { ...outer, template } : { ...outer, spec: nest(prefix.split('/').slice(2), template) };
  },
});

const nest = ([first, ...rest]: readonly string[], value: unknown): JsonRecord => ({
  [first!]: rest.length === 0 ? value : nest(rest, value),
});

export const POD_HOLDERS: readonly PodHolder[] = [
  holder('apps/v1', 'Deployment', '/spec/template'),
  holder('apps/v1', 'ReplicaSet', '/spec/template'),
  holder('apps/v1', 'StatefulSet', '/spec/template'),
  holder('apps/v1', 'DaemonSet', '/spec/template'),
  holder('v1', 'ReplicationController', '/spec/template'),
  holder('batch/v1', 'Job', '/spec/template'),
  holder('batch/v1', 'CronJob', '/spec/jobTemplate/spec/template'),
  holder('v1', 'PodTemplate', '/template'),
  holder('argoproj.io/v1alpha1', 'Rollout', '/spec/template'),
  {
    kind: 'List',
    prefix: '/items/1',
    wrap: (pod) => ({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }, pod] }),
  },
];
