import { effectiveContainer, realPath } from './effective-container.ts';
import { effectiveField, viewPods } from './pod-view.ts';

const pod = (spec: object) => viewPods({ apiVersion: 'v1', kind: 'Pod', metadata: { labels: { a: 'b' } }, spec })!;

describe('viewPods', () => {
  it('lists containers, init containers, sidecars and ephemeral ones with their places', () => {
    const { containers } = pod({
      containers: [{ name: 'app' }],
      initContainers: [{ name: 'setup' }, { name: 'proxy', restartPolicy: 'Always' }],
      ephemeralContainers: [{ name: 'debug' }],
    });
    expect(containers.map(({ type, name, path }) => [type, name, path])).toEqual([
      ['container', 'app', '/spec/containers/0'],
      ['init', 'setup', '/spec/initContainers/0'],
      ['sidecar', 'proxy', '/spec/initContainers/1'],
      ['ephemeral', 'debug', '/spec/ephemeralContainers/0'],
    ]);
  });

  it('takes metadata of the template, not of the controller', () => {
    const view = viewPods({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { labels: { outer: 'x' } },
      spec: { jobTemplate: { spec: { template: { metadata: { labels: { inner: 'y' } }, spec: {} } } } },
    });
    expect(view).toMatchObject({ metadata: { labels: { inner: 'y' } }, metadataPath: '/spec/jobTemplate/spec/template/metadata' });
  });

  it.each([
    { name: 'a Service', object: { apiVersion: 'v1', kind: 'Service', spec: {} } },
    { name: 'a kind of another group', object: { apiVersion: 'example.com/v1', kind: 'Deployment', spec: { template: { spec: {} } } } },
    { name: 'a template that is no mapping', object: { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: [] } } },
    { name: 'a kind that objects inherit', object: { apiVersion: 'v1', kind: 'constructor', spec: {} } },
  ])('gives nothing for $name', ({ object }) => expect(viewPods(object)).toBeUndefined());

  it('knows custom resources by configured paths', () => {
    const object = {
      apiVersion: 'example.com/v1',
      kind: 'Worker',
      spec: { pods: { spec: { hostUsers: false, os: { name: 'windows' } } } },
    };
    expect(viewPods(object, '/items/2', { 'example.com/Worker': '/spec/pods' })).toMatchObject({
      path: '/items/2/spec/pods/spec',
      hasUserNamespace: true,
      isWindows: true,
    });
  });

  it('leaves out containers that are no mappings and keeps the places of the others', () => {
    expect(pod({ containers: [null, 'x', { image: 'a' }] }).containers.map(({ path, name }) => [path, name])).toEqual([
      ['/spec/containers/2', '/spec/containers/2'],
    ]);
  });
});

describe('effectiveField', () => {
  const { containers } = pod({
    securityContext: { runAsUser: 5, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ name: 'a', securityContext: { runAsUser: 0, seccompProfile: null } }],
  });
  const [container] = containers;
  it.each([
    { field: 'runAsUser', expected: { value: 0, path: '/spec/containers/0/securityContext/runAsUser', from: 'container' } },
    { field: 'seccompProfile', expected: { value: { type: 'RuntimeDefault' }, path: '/spec/securityContext/seccompProfile', from: 'pod' } },
    { field: 'runAsNonRoot', expected: { value: undefined, path: '/spec/containers/0/securityContext/runAsNonRoot', from: 'nowhere' } },
  ])('finds $field where it stands', ({ field, expected }) => expect(effectiveField(container!, field)).toEqual(expected));
});

describe('effectiveContainer', () => {
  it('merges what the pod says, and realPath knows whose it is', () => {
    const [container] = pod({
      securityContext: { runAsUser: 5, fsGroup: 1 },
      containers: [{ name: 'a', securityContext: { privileged: true } }],
    }).containers;
    expect(effectiveContainer(container!)).toEqual({
      name: 'a',
      containerType: 'container',
      securityContext: { privileged: true, runAsUser: 5 },
    });
    expect(realPath(container!, '/securityContext/runAsUser')).toBe('/spec/securityContext/runAsUser');
    expect(realPath(container!, '/securityContext/privileged')).toBe('/spec/containers/0/securityContext/privileged');
    expect(realPath(container!, '/image')).toBe('/spec/containers/0/image');
  });
});
