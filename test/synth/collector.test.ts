import { synthesise } from '../../src/synth/index.ts';
import { get, type KubernetesObject, named, objectsIn } from './bundle-objects.ts';

const files = synthesise();
const filesOf = (part: string): readonly KubernetesObject[] =>
  objectsIn(
    new Map([...files].filter(([path]) => path.startsWith(`manifests/components/${part}/`) && !path.endsWith('kustomization.yaml'))),
  );
const collector = filesOf('collector');
const one = (kind: string, name: string, among = collector): KubernetesObject => {
  const [object] = named(among, kind, name);
  if (!object) throw new Error(`no ${kind} ${name}`);
  return object;
};
const pod = get(one('DaemonSet', 'bellwether-collector'), 'spec', 'template', 'spec');

describe('the component collector', () => {
  it('is in no overlay that nobody asked it for', () => {
    for (const [path, text] of files)
      if (/overlays\/(?!collector)/.test(path) || path.includes('/base/')) expect(text).not.toContain('components/collector');
    expect(files.get('manifests/overlays/collector/kustomization.yaml')).toContain('../../components/collector');
  });

  it('has a namespace of its own, the only one that allows more than restricted pods', () => {
    const levels = new Map(
      objectsIn(files).flatMap(({ kind, metadata }) =>
        kind === 'Namespace' ? [[metadata.name, metadata.labels?.['pod-security.kubernetes.io/enforce']]] : [],
      ),
    );
    expect(levels.get('bellwether-collector')).toBe('privileged');
    levels.delete('bellwether-collector');
    expect(new Set(levels.values())).toEqual(new Set(['restricted']));
  });

  it('sees one folder of the node, for reading alone, and nothing else of it', () => {
    const volumes = get(pod, 'volumes') as { name: string; hostPath?: unknown }[];
    expect(volumes.flatMap(({ hostPath }) => hostPath ?? [])).toEqual([{ path: '/var/run/cilium/tetragon', type: 'DirectoryOrCreate' }]);
    const mounts = get(pod, 'containers', 0, 'volumeMounts') as { name: string; readOnly?: boolean }[];
    expect(mounts.filter(({ readOnly }) => !readOnly).map(({ name }) => name)).toEqual(['state']);
    for (const key of ['hostNetwork', 'hostPID', 'hostIPC']) expect(get(pod, key)).toBeUndefined();
  });

  it('runs as root without any capability, and without a token of the API server', () => {
    expect(get(pod, 'containers', 0, 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: false,
      runAsUser: 0,
    });
    expect(get(pod, 'automountServiceAccountToken')).toBe(false);
    expect(get(pod, 'tolerations')).toEqual([{ operator: 'Exists' }]);
  });

  it('lets the reader of Kubernetes Events, and nobody else, read them', () => {
    const [role, ...others] = named(collector, 'ClusterRole');
    expect(others).toEqual([]);
    expect(role?.rules).toEqual([{ apiGroups: [''], resources: ['events'], verbs: ['list', 'watch'] }]);
    const reader = get(one('Deployment', 'bellwether-cluster-events'), 'spec', 'template', 'spec');
    expect(get(reader, 'containers', 0, 'securityContext', 'runAsNonRoot')).toBe(true);
  });

  it('may ask the receiver, which lets it in', () => {
    const egress = get(one('NetworkPolicy', 'bellwether-collector').spec, 'egress') as { ports: { port: number }[] }[];
    expect(egress.map(({ ports }) => ports.map(({ port }) => port))).toEqual([[53, 53], [9467]]);
    const access = one('NetworkPolicy', 'bellwether-receiver-from-collector');
    expect(access.metadata.namespace).toBe('bellwether');
    expect(get(access.spec, 'ingress', 0, 'from', 0, 'namespaceSelector', 'matchLabels')).toEqual({
      'kubernetes.io/metadata.name': 'bellwether-collector',
    });
    expect(get(one('ConfigMap', 'bellwether-collector'), 'data', 'bellwether.yaml')).toContain(
      'url: http://bellwether-receiver.bellwether.svc:9467',
    );
  });

  it('is scraped with the labels of the pods that its counts are about', () => {
    const endpoints = get(one('ServiceMonitor', 'bellwether-collector', filesOf('collector-monitor')), 'spec', 'endpoints') as {
      port: string;
      honorLabels: boolean;
    }[];
    expect(endpoints.map(({ port, honorLabels }) => [port, honorLabels])).toEqual([
      ['self', false],
      ['counts', true],
    ]);
  });
});
