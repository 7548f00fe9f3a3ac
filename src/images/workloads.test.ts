import type { JsonRecord } from '../policy/index.ts';
import { imageUses } from './workloads.ts';

const owned = (kind: string, name: string): object => ({ ownerReferences: [{ kind, name, controller: true }] });
const object = (apiVersion: string, kind: string, metadata: object, spec: object): JsonRecord => ({
  apiVersion,
  kind,
  metadata: { namespace: 'shop', ...metadata },
  spec,
});
const pods = (image: string): object => ({ template: { spec: { containers: [{ name: 'app', image }] } } });
const told = (...objects: readonly JsonRecord[]) => imageUses(objects).map(({ kind, name, image }) => `${kind} ${name} ${image}`);

describe('imageUses', () => {
  it('sees containers of all types', () => {
    const spec = {
      containers: [{ name: 'app', image: 'a:1' }, { name: 'none' }],
      initContainers: [
        { name: 'setup', image: 'b:1' },
        { name: 'proxy', image: ' c:1 ', restartPolicy: 'Always' },
      ],
      ephemeralContainers: [{ name: 'debug', image: 'd:1' }],
    };
    expect(imageUses([object('v1', 'Pod', { name: 'p' }, spec)]).map(({ image, container, type }) => [image, container, type])).toEqual([
      ['a:1', 'app', 'container'],
      ['b:1', 'setup', 'init'],
      ['c:1', 'proxy', 'sidecar'],
      ['d:1', 'debug', 'ephemeral'],
    ]);
  });

  it.each([
    ['apps/v1', 'Deployment', pods('a:1')],
    ['apps/v1', 'StatefulSet', pods('a:1')],
    ['apps/v1', 'DaemonSet', pods('a:1')],
    ['batch/v1', 'Job', pods('a:1')],
    ['batch/v1', 'CronJob', { jobTemplate: { spec: pods('a:1') } }],
    ['argoproj.io/v1alpha1', 'Rollout', pods('a:1')],
  ])('sees %s %s', (apiVersion, kind, spec) => expect(told(object(apiVersion, kind, { name: 'x' }, spec))).toEqual([`${kind} x a:1`]));

  it('counts pods for the outermost owner that is there, and no ReplicaSet that is kept for rolling back', () => {
    const deployment = object('apps/v1', 'Deployment', { name: 'web' }, pods('a:3'));
    const kept = object('apps/v1', 'ReplicaSet', { name: 'web-1', ...owned('Deployment', 'web') }, pods('a:1'));
    const old = object('apps/v1', 'ReplicaSet', { name: 'web-2', ...owned('Deployment', 'web') }, pods('a:2'));
    const pod = object('v1', 'Pod', { name: 'web-2-x', ...owned('ReplicaSet', 'web-2') }, { containers: [{ name: 'app', image: 'a:2' }] });
    expect(told(deployment, kept, old, pod)).toEqual(['Deployment web a:3', 'Deployment web a:2']);
  });

  it('keeps what an owner of another kind or namespace made, and ends for owners in a circle', () => {
    const made = object('apps/v1', 'StatefulSet', { name: 'db', ...owned('Postgres', 'db') }, pods('pg:1'));
    expect(told(made)).toEqual(['StatefulSet db pg:1']);
    const a = object('v1', 'Pod', { name: 'a', ...owned('Pod', 'b') }, { containers: [{ name: 'app', image: 'a:1' }] });
    const b = object('v1', 'Pod', { name: 'b', ...owned('Pod', 'a') }, { containers: [{ name: 'app', image: 'b:1' }] });
    expect(told(a, b)).toHaveLength(2);
  });
});
