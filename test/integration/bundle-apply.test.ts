import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import type { KubernetesObject } from '../synth/bundle-objects.ts';
import { describeWith, toolFiles } from './real-program.ts';
import { applyCrds, type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { until } from './support/until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OVERLAYS = ['kube-prometheus-stack', 'kube-prometheus', 'minimal'];

/** Filled in by the server because only it can know. */
const SERVER_KNOWS: Readonly<Record<string, readonly string[]>> = {
  Service: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'],
  PersistentVolumeClaim: ['storageClassName', 'volumeName'],
  Namespace: ['finalizers'],
};

/** An object without what is not anybody's wish: status and what the server alone decides. */
const wish = (object: KubernetesObject): unknown => {
  const { metadata, status, spec, ...rest } = object;
  const left = Object.entries((spec ?? {}) as object).filter(([key]) => !SERVER_KNOWS[object.kind]?.includes(key));
  return { ...rest, ...(left.length > 0 ? { spec: Object.fromEntries(left) } : {}) };
};

interface Stored extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly resourceVersion: string };
}

describeWith(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'], 'the bundle on a real API server', (...programs) => {
  const [etcd = '', apiserver = '', controllers = '', kubectl = ''] = programs;
  let plane: ControlPlane;
  const render = (overlay: string): string => plane.kubectl(['kustomize', `${ROOT}manifests/overlays/${overlay}`]);
  const stored = (text: string): readonly Stored[] =>
    (JSON.parse(plane.kubectl(['get', '-f', '-', '-o', 'json'], text)) as { items: Stored[] }).items;
  const ours = (): string =>
    plane.kubectl([
      'get',
      'all,cm,pvc,sa,pdb,netpol,roles,rolebindings,clusterroles,clusterrolebindings',
      '-A',
      '-o',
      'name',
      '-l',
      'app.kubernetes.io/part-of=bellwether',
    ]);

  beforeAll(async () => {
    plane = await startControlPlane({ etcd, apiserver, controllers, kubectl });
    await applyCrds(plane, toolFiles('prometheus-operator-crds'), ['servicemonitors', 'prometheusrules', 'alertmanagerconfigs']);
    plane.kubectl(['create', 'namespace', 'monitoring']);
  });
  afterAll(() => plane?.stop());

  describe.each(OVERLAYS)('overlay %s', (overlay) => {
    it('is applied, and applying it again changes nothing', () => {
      const text = render(overlay);
      plane.kubectl(['apply', '--server-side', '-f', '-'], text);
      const before = stored(text);
      plane.kubectl(['apply', '--server-side', '-f', '-'], text);
      const versions = (objects: readonly Stored[]) =>
        // A Deployment's version moves with its status.
        objects
          .filter(({ kind }) => !['Deployment', 'PersistentVolumeClaim', 'PodDisruptionBudget'].includes(kind))
          .map(({ kind, metadata }) => [kind, metadata.name, metadata.resourceVersion]);
      expect(versions(stored(text))).toEqual(versions(before));
      const generations = (objects: readonly Stored[]) =>
        objects.map(({ kind, metadata }) => [kind, metadata.name, (metadata as { generation?: number }).generation]);
      expect(generations(stored(text))).toEqual(generations(before));
    });

    it('is stored as it was sent: no default is left to the server', () => {
      const text = render(overlay);
      const byName = new Map(stored(text).map((object) => [`${object.kind}/${object.metadata.name}`, object]));
      const sent = loadAll(text) as KubernetesObject[];
      for (const object of sent) {
        const read = byName.get(`${object.kind}/${object.metadata.name}`);
        expect([object.kind, read && wish(read)]).toEqual([object.kind, wish(object)]);
        expect(read?.metadata.annotations).toEqual(expect.objectContaining(object.metadata.annotations ?? {}));
      }
    });

    it('has pods that the namespace, which takes restricted ones alone, lets in', async () => {
      const pods = await until(
        'pods',
        () => {
          const { items } = JSON.parse(plane.kubectl(['get', 'pods', '-n', 'bellwether', '-o', 'json'])) as { items: KubernetesObject[] };
          return items.length > 0 ? items : undefined;
        },
        { timeoutMs: 30_000, everyMs: 500 },
      );
      expect(pods.map(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'])).toEqual(['exporter']);
      const refused = plane.kubectl(['get', 'events', '-n', 'bellwether', '--field-selector', 'reason=FailedCreate', '-o', 'name']);
      expect(refused).toBe('');
    });

    it('leaves nothing behind when it is taken away', async () => {
      plane.kubectl(['delete', '--wait=true', '--timeout=60s', '-f', '-'], render(overlay));
      await until('end of the namespace', () => (ours() === '' ? true : undefined), { timeoutMs: 60_000, everyMs: 500 });
      expect(plane.kubectl(['get', 'namespaces', '-o', 'name'])).not.toContain('namespace/bellwether');
      expect(plane.kubectl(['get', 'servicemonitors,prometheusrules,alertmanagerconfigs', '-A', '-o', 'name'])).toBe('');
    });
  });

  it('would refuse a privileged pod in that namespace: the judge is awake', () => {
    plane.kubectl(['apply', '--server-side', '-f', '-'], render('minimal'));
    expect(() => plane.kubectl(['run', 'bad', '-n', 'bellwether', '--image=x', '--privileged', '--dry-run=server'])).toThrow(
      /violates PodSecurity "restricted/,
    );
    plane.kubectl(['delete', '--wait=true', '-f', '-'], render('minimal'));
  });
});
