import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GENERATED_FOLDERS, synthesise } from '../../src/synth/index.ts';
import { objectsIn } from './bundle-objects.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const committed = (): ReadonlyMap<string, string> =>
  new Map(
    GENERATED_FOLDERS.flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [relative(ROOT, path), readFileSync(path, 'utf8')] as const),
    ),
  );

const files = synthesise();

describe('synthesise', () => {
  it('gives what is committed, and nothing else is there', () => {
    expect(Object.fromEntries(committed())).toEqual(Object.fromEntries(files));
  });

  it('gives the same bytes twice', () => {
    expect([...synthesise()]).toEqual([...files]);
  });

  it('says in every YAML file that it is generated', () => {
    const silent = [...files].filter(([path, text]) => path.endsWith('.yaml') && !text.slice(0, 60).includes('generated from src/synth'));
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it('never gives two objects one name, never a hash, a null or a private key', () => {
    const objects = objectsIn(files);
    const names = objects.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.namespace} ${metadata.name}`);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    expect(objects.filter(({ metadata }) => /[0-9a-f]{8}$/.test(metadata.name))).toEqual([]);
    const hasNull = (value: unknown): boolean =>
      value === null || (typeof value === 'object' && Object.values(value as object).some(hasNull));
    expect(objects.filter(hasNull).map(({ metadata }) => metadata.name)).toEqual([]);
    expect([...files].filter(([, text]) => /PRIVATE KEY|caBundle/.test(text)).map(([path]) => path)).toEqual([]);
  });

  it('names every file of a folder in its kustomization', () => {
    for (const [path, text] of files) {
      if (!path.endsWith('kustomization.yaml')) continue;
      const folder = path.replace('/kustomization.yaml', '');
      const siblings = [...files.keys()].filter((file) => file.startsWith(`${folder}/`) && file !== path);
      expect([path, siblings.filter((file) => !text.includes(`- ${relative(folder, file)}\n`))]).toEqual([path, []]);
    }
  });

  it('marks what holds dollar signs, so that Flux leaves them alone', () => {
    const open = objectsIn(files).filter(
      (object) =>
        JSON.stringify(object).includes('$') && object.metadata.annotations?.['kustomize.toolkit.fluxcd.io/substitute'] !== 'disabled',
    );
    expect(open.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([]);
  });
});

describe('the option shards', () => {
  const objects = objectsIn(synthesise({ processes: { exporter: { shards: 3, replicas: 4 } } }));
  const named = (kind: string) => objects.find((object) => object.kind === kind && object.metadata.name === 'bellwether-exporter');

  it('makes the exporter a StatefulSet whose pods know how many share the work, and which one they are', () => {
    expect(named('Deployment')).toBeUndefined();
    const set = JSON.stringify(named('StatefulSet')?.spec);
    expect(named('StatefulSet')?.spec).toMatchObject({ replicas: 4, serviceName: 'bellwether-exporter-pods' });
    expect(set).toContain('{"name":"POD_NAME","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}}');
    expect(JSON.stringify(named('ConfigMap')?.data)).toContain('sharding:\\n  shards: 3');
  });
});
