import { type BundleOptions, BundleOptionsError, type OptionProblem, synthesise } from '../../src/synth/index.ts';
import { get, type KubernetesObject, named, objectsIn } from './bundle-objects.ts';

const ON: BundleOptions = { collector: { enabled: true }, decoy: { enabled: true } };
const problemsOf = (options: unknown): readonly OptionProblem[] => {
  try {
    synthesise(options as BundleOptions);
  } catch (error) {
    if (error instanceof BundleOptionsError) return error.problems;
    throw error;
  }
  return [];
};
const partOf = (options: BundleOptions, part: string): readonly KubernetesObject[] =>
  objectsIn(new Map([...synthesise(options)].filter(([path]) => path.startsWith(`manifests/components/${part}/`))));
const one = (objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject => {
  const [object] = named(objects, kind, name);
  if (!object) throw new Error(`no ${kind} ${name}`);
  return object;
};
const podOf = (object: KubernetesObject): unknown => get(object.spec, 'template', 'spec');

describe('options of collector and decoy', () => {
  it('let overlays take both, monitors where there is the operator, and kube-prometheus see them', () => {
    const files = synthesise(ON);
    const listOf = (overlay: string): string => String(files.get(`manifests/overlays/${overlay}/kustomization.yaml`));
    for (const part of ['collector', 'decoy', 'collector-monitor', 'decoy-monitor'])
      for (const overlay of ['kube-prometheus-stack', 'kube-prometheus']) expect(listOf(overlay)).toContain(`components/${part}\n`);
    expect(listOf('minimal')).toContain('components/decoy\n');
    expect(listOf('minimal')).not.toContain('-monitor');
    const roles = named(partOf(ON, 'kube-prometheus'), 'Role').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    expect(roles).toEqual([
      'bellwether/bellwether-prometheus',
      'bellwether-collector/bellwether-collector-prometheus',
      'bellwether-decoy/bellwether-decoy-prometheus',
    ]);
    expect(files.get('manifests/helm/bellwether/templates/collector.yaml')).toContain('kind: DaemonSet');
  });

  it('say what is collected, from which folder, and where it runs', () => {
    const objects = partOf(
      { collector: { namespace: 'watch', exportFolder: '/var/log/tetragon', sources: { kubernetes: false } } },
      'collector',
    );
    const nodes = one(objects, 'DaemonSet', 'bellwether-collector');
    expect(nodes.metadata.namespace).toBe('watch');
    expect(JSON.stringify(get(podOf(nodes), 'volumes'))).toContain('"hostPath":{"path":"/var/log/tetragon"');
    expect(named(objects, 'Deployment')).toEqual([]);
    const access = one(objects, 'NetworkPolicy', 'bellwether-receiver-from-collector');
    expect(JSON.stringify(access.spec)).toContain('"kubernetes.io/metadata.name":"watch"');
  });

  it('give processes resources, configuration, Secrets and an image of their own', () => {
    const objects = partOf(
      {
        collector: {
          image: { repository: 'mirror.example.org/bellwether', tag: '1' },
          processes: {
            collector: {
              resources: { memoryLimit: '300Mi' },
              secrets: { token: 'mine' },
              config: { tetragon: { excludeNamespaces: ['kube-system'] } },
            },
          },
        },
      },
      'collector',
    );
    const nodes = one(objects, 'DaemonSet', 'bellwether-collector');
    expect(get(podOf(nodes), 'containers', 0)).toMatchObject({
      image: 'mirror.example.org/bellwether:1',
      resources: { limits: { memory: '300Mi' } },
    });
    expect(JSON.stringify(get(podOf(nodes), 'volumes'))).toContain('"secretName":"mine"');
    const config = get(one(objects, 'ConfigMap', 'bellwether-collector'), 'data', 'bellwether.yaml');
    expect(config).toMatch(/tetragon:\n {2}enabled: true\n {2}excludeNamespaces:\n {4}- kube-system/);
  });

  it('let a host name lead to the decoy, which says it is that host', () => {
    const route = { gateway: 'public', gatewayNamespace: 'edge', hostname: 'admin.example.org' };
    const objects = partOf({ decoy: { hostName: 'admin.example.org', processes: { decoy: { route } } } }, 'decoy');
    const made = one(objects, 'HTTPRoute', 'bellwether-decoy');
    expect(made.metadata.namespace).toBe('bellwether-decoy');
    expect(made.spec).toMatchObject({
      hostnames: ['admin.example.org'],
      rules: [{ backendRefs: [{ name: 'bellwether-decoy', port: 80 }] }],
    });
    expect(get(podOf(one(objects, 'Deployment', 'bellwether-decoy')), 'containers', 0, 'args')).toEqual(
      expect.arrayContaining(['--name', 'admin.example.org']),
    );
  });

  it.each<[string, unknown, OptionProblem]>([
    [
      'the namespace of the bundle',
      { collector: { namespace: 'bellwether' } },
      { path: 'collector.namespace', value: 'bellwether', limit: 'another one than that of the bundle' },
    ],
    [
      'a folder that leads elsewhere',
      { collector: { exportFolder: '/var/../etc' } },
      {
        path: 'collector.exportFolder',
        value: '/var/../etc',
        limit: 'an absolute path without . and .., such as /var/run/cilium/tetragon',
      },
    ],
    [
      'nothing to collect',
      { collector: { sources: { tetragon: false, kubernetes: false } } },
      {
        path: 'collector.sources',
        value: { tetragon: false, kubernetes: false },
        limit: 'at least one of tetragon and kubernetes',
      },
    ],
    [
      'replicas of what runs once per node',
      { collector: { processes: { collector: { replicas: 2 } } } },
      {
        path: 'collector.processes.collector.replicas',
        value: 2,
        limit: 'left out: the options here are config, enabled, openTo, priorityClass, resources, secrets, storageClass, volumeSize',
      },
    ],
    [
      'a host name that is none',
      { decoy: { hostName: 'Admin' } },
      { path: 'decoy.hostName', value: 'Admin', limit: 'a host name such as bellwether.example.org, in lower case' },
    ],
    [
      'a decoy of which nobody hears',
      { decoy: { enabled: true }, processes: { receiver: { enabled: false } } },
      { path: 'decoy.enabled', value: true, limit: 'false where processes.receiver is off: nobody would hear of it' },
    ],
    [
      'an amount that is none',
      { decoy: { processes: { decoy: { resources: { cpuRequest: 'much' } } } } },
      { path: 'decoy.processes.decoy.resources.cpuRequest', value: 'much', limit: 'an amount of CPU such as 200m or 1.5' },
    ],
  ])('refuse %s', (_, options, problem) => {
    expect(problemsOf(options)).toEqual([problem]);
  });
});
