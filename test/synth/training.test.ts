import { type BundleOptions, synthesise } from '../../src/synth/index.ts';
import { get, type KubernetesObject, named, objectsIn } from './bundle-objects.ts';

const filesOf = (options: BundleOptions, folder: string): readonly KubernetesObject[] =>
  objectsIn(new Map([...synthesise(options)].filter(([path]) => path.startsWith(`manifests/${folder}/`))));
const one = (objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject => {
  const [object] = named(objects, kind, name);
  if (!object) throw new Error(`no ${kind} ${name}`);
  return object;
};
const podOf = (objects: readonly KubernetesObject[]): unknown =>
  get(one(objects, 'CronJob', 'bellwether-retrain').spec, 'jobTemplate', 'spec', 'template', 'spec');
const ON: BundleOptions = { training: { enabled: true, first: true } };
const SHARDED: BundleOptions = {
  training: { enabled: true, first: true, storage: { accessMode: 'ReadWriteMany' } },
  processes: { exporter: { shards: 3 } },
};

describe('training', () => {
  it('is a component that no overlay takes by itself, and in the base where it is switched on', () => {
    const off = synthesise();
    for (const [path, text] of off) if (/\/(base|overlays)\//.test(path)) expect(text).not.toMatch(/retrain|components\/training/);
    const on = synthesise(ON);
    expect([...on.keys()].filter((path) => path.includes('components/training'))).toEqual([]);
    expect(on.get('manifests/base/kustomization.yaml')).toContain('retrain.yaml');
    expect(on.get('manifests/helm/bellwether/templates/retrain.yaml')).toContain('kind: CronJob');
  });

  it('makes of the component and of the base the same objects', () => {
    const [component, base] = [filesOf({}, 'components/training'), filesOf(ON, 'base')];
    for (const { kind, metadata } of component) expect(one(base, kind, metadata.name)).toEqual(one(component, kind, metadata.name));
    const [first] = named(filesOf({}, 'components/training-first'), 'Job');
    expect(first).toEqual(one(base, 'Job', 'bellwether-train'));
  });

  it('shares one volume: training writes it beside the exporter, which reads it', () => {
    const objects = filesOf(ON, 'base');
    expect(get(one(objects, 'PersistentVolumeClaim', 'bellwether-models').spec, 'accessModes')).toEqual(['ReadWriteOnce']);
    const exporter = get(one(objects, 'Deployment', 'bellwether-exporter').spec, 'template', 'spec');
    const mountOf = (pod: unknown): unknown =>
      (get(pod, 'containers', 0, 'volumeMounts') as { name: string }[]).find(({ name }) => name === 'models');
    expect(mountOf(exporter)).toEqual({ name: 'models', mountPath: '/var/lib/bellwether-models', readOnly: true });
    expect(mountOf(podOf(objects))).toEqual({ name: 'models', mountPath: '/var/lib/bellwether-models' });
    expect(get(exporter, 'containers', 0, 'args')).toEqual(
      expect.arrayContaining(['--models', '/var/lib/bellwether-models/shard-{shard}']),
    );
    expect(get(exporter, 'affinity')).toBeUndefined();
    const [term] = get(podOf(objects), 'affinity', 'podAffinity', 'requiredDuringSchedulingIgnoredDuringExecution') as unknown[];
    expect(get(term, 'labelSelector', 'matchLabels')).toEqual(
      get(one(objects, 'Deployment', 'bellwether-exporter').spec, 'selector', 'matchLabels'),
    );
  });

  it('reads server, credentials and shards from the configuration of the exporter', () => {
    const volumes = get(podOf(filesOf({ ...ON, processes: { exporter: { secrets: { tokens: 'mine' } } } }, 'base')), 'volumes');
    expect(volumes).toEqual([
      { name: 'config', configMap: { name: 'bellwether-exporter', defaultMode: 0o644 } },
      { name: 'tokens', secret: { secretName: 'mine', defaultMode: 0o644, optional: true } },
      { name: 'models', persistentVolumeClaim: { claimName: 'bellwether-models' } },
    ]);
  });

  it('has no rights and no token, and reaches Prometheus, the receiver and names', () => {
    const objects = filesOf({}, 'components/training');
    expect(named(objects, 'Role').concat(named(objects, 'ClusterRole'))).toEqual([]);
    expect(get(podOf(objects), 'automountServiceAccountToken')).toBe(false);
    const egress = get(one(objects, 'NetworkPolicy', 'bellwether-retrain').spec, 'egress') as { ports: { port: number }[] }[];
    expect(egress.map(({ ports }) => ports.map(({ port }) => port))).toEqual([[53, 53], [9090], [9467]]);
    const [opening, ...others] = named(filesOf({}, 'components/training-kube-prometheus'), 'NetworkPolicy');
    expect(others).toEqual([]);
    expect(opening?.metadata).toMatchObject({ namespace: 'monitoring', name: 'bellwether-training-prometheus' });
    const inBase = one(filesOf(ON, 'components/kube-prometheus'), 'NetworkPolicy', 'bellwether-prometheus');
    expect(JSON.stringify(inBase.spec)).toContain('"app.kubernetes.io/component":"retrain"');
  });

  it('has a pod for each shard of the exporter, on any node', () => {
    const objects = filesOf(SHARDED, 'base');
    const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 1 };
    expect(get(one(objects, 'CronJob', 'bellwether-retrain').spec, 'jobTemplate', 'spec')).toMatchObject(indexed);
    expect(one(objects, 'Job', 'bellwether-train').spec).toMatchObject(indexed);
    expect(get(podOf(objects), 'affinity')).toBeUndefined();
    expect(one(filesOf(ON, 'base'), 'Job', 'bellwether-train').spec).toMatchObject({ completionMode: 'NonIndexed', completions: 1 });
  });

  it('refuses a volume of one node where shards are on several', () => {
    expect(() => synthesise({ training: { enabled: true }, processes: { exporter: { shards: 2 } } })).toThrow(
      /training\.storage\.accessMode: "ReadWriteOnce" is not allowed; it must be ReadWriteMany where processes\.exporter\.shards is above 1/,
    );
    expect([...synthesise({ processes: { exporter: { shards: 2 } } }).keys()].join()).not.toContain('components/training');
  });

  it('keeps nobody waiting for a training of hours', () => {
    const { annotations } = one(filesOf(ON, 'base'), 'Job', 'bellwether-train').metadata;
    expect(annotations).toMatchObject({ 'argocd.argoproj.io/sync-wave': '2', 'argocd.argoproj.io/ignore-healthcheck': 'true' });
    const retrain = one(filesOf(ON, 'base'), 'CronJob', 'bellwether-retrain').metadata.annotations;
    expect(retrain).toMatchObject({ 'argocd.argoproj.io/ignore-healthcheck': 'true' });
  });

  it('takes what the options say', () => {
    const text = synthesise({
      training: { enabled: true, learned: 'shadow', every: '6h', hours: 72, step: '5m', steps: 500, storage: { size: '20Gi' } },
      processes: { retrain: { resources: { memoryLimit: '6Gi' } } },
    });
    const retrain = text.get('manifests/base/retrain.yaml');
    expect(retrain).toContain('schedule: 17 */6 * * *');
    expect(retrain).toMatch(/--hours\s+- "72"\s+- --step\s+- "300"\s+- --steps\s+- "500"/);
    expect(retrain).toContain('memory: 6Gi');
    expect(text.get('manifests/base/models.yaml')).toContain('storage: 20Gi');
    expect(text.get('manifests/base/exporter.yaml')).toMatch(/--learned\s+- shadow/);
  });
});
