import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeWith, toolFiles } from './real-program.ts';
import { applyServerSide, leftovers, objectId, objectsOf, storedObjects, wish } from './support/applied-bundle.ts';
import { applyCrds, type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { olderBundle, taggedTree } from './support/trees.ts';
import { writeTree } from './support/written-tree.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OPERATOR_KINDS = ['servicemonitors', 'prometheusrules', 'alertmanagerconfigs'];

describeWith(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'], 'an upgrade of the bundle', (...programs) => {
  const [etcd = '', apiserver = '', controllers = '', kubectl = ''] = programs;
  let plane: ControlPlane;
  const render = (name: string): string => plane.kubectl(['kustomize', `${ROOT}manifests/overlays/${name}`]);

  beforeAll(async () => {
    plane = await startControlPlane({ etcd, apiserver, controllers, kubectl });
    await applyCrds(plane, toolFiles('prometheus-operator-crds'), OPERATOR_KINDS);
    plane.kubectl(['create', 'namespace', 'monitoring']);
  });
  afterAll(async () => {
    await plane?.stop();
  });

  const overlay = 'kube-prometheus';
  const older = writeTree(olderBundle());
  const tagged = taggedTree();
  afterAll(() => {
    older.remove();
    if (tagged) rmSync(tagged.folder, { recursive: true });
  });

  // Before the first release there is no tag, and a shallow checkout has none: then an older bundle made by other options stands in.
  it.each([['one with other options', older.folder], ...(tagged ? [[tagged.tag, tagged.folder]] : [])])(
    'from %s gives what a fresh installation gives, keeps volumes and what the user added, and nothing blocks it',
    (_, folder = '') => {
      const before = plane.kubectl(['kustomize', `${folder}/manifests/overlays/${overlay}`]);
      const after = render(overlay);
      plane.kubectl(['delete', '--ignore-not-found', '--wait=true', 'namespace', 'bellwether']);
      applyServerSide(plane, before);
      const image = (): string =>
        plane.kubectl([
          'get',
          'deployment',
          'bellwether-exporter',
          '-n',
          'bellwether',
          '-o',
          'jsonpath={.spec.template.spec.containers[0].image}',
        ]);
      const imageBefore = image();
      plane.kubectl(['annotate', 'deployment', 'bellwether-exporter', '-n', 'bellwether', 'team.example.org/owner=platform']);
      const volume = (): string =>
        plane.kubectl(['get', 'pvc', 'bellwether-exporter-state', '-n', 'bellwether', '-o', 'jsonpath={.metadata.uid}']);
      const kept = volume();

      applyServerSide(plane, after);
      const byName = new Map(storedObjects(plane, after).map((object) => [objectId(object), object]));
      for (const object of objectsOf(after)) {
        const read = byName.get(objectId(object));
        expect([objectId(object), read && wish(read)]).toEqual([objectId(object), wish(object)]);
      }
      expect(volume()).toBe(kept);
      expect(byName.get('Deployment/bellwether-exporter')?.metadata.annotations).toMatchObject({ 'team.example.org/owner': 'platform' });

      // kubectl removes nothing: what only the older one had is still there, and is found by its label.
      const gone = objectsOf(before).filter((object) => !objectsOf(after).some((one) => objectId(one) === objectId(object)));
      const left = leftovers(plane, OPERATOR_KINDS);
      for (const { metadata } of gone) expect(left).toContain(metadata.name);

      // And back.
      applyServerSide(plane, before);
      expect(image()).toBe(imageBefore);
    },
  );
});
