import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { describeWith, toolFiles } from './real-program.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OVERLAYS = ['kube-prometheus-stack', 'kube-prometheus', 'minimal'];

type Schema = Record<string, unknown>;
const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same schema without room for unknown fields; references point into `definitions`. */
const strict = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(strict);
  if (!isObject(value)) return value;
  const schema: Schema = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, strict(item)]));
  if (typeof schema.$ref === 'string') return { $ref: schema.$ref.replace('#/components/schemas/', '#/definitions/') };
  if (schema['x-kubernetes-int-or-string'] === true) return { type: ['integer', 'string'] };
  const isOpen = schema.additionalProperties !== undefined || schema['x-kubernetes-preserve-unknown-fields'] === true;
  return isObject(schema.properties) && !isOpen ? { ...schema, additionalProperties: false } : schema;
};

const fileOf = (kind: string, version: string): string => `${kind.toLowerCase()}_${version}.json`;

/** Schemas of the built-in kinds out of the API server's own documents. */
const writeBuiltIn = (folder: string): void => {
  const source = toolFiles('kubernetes-openapi');
  const groups = [
    'apps',
    'policy',
    ...['networking', 'rbac.authorization', 'admissionregistration', 'apiextensions'].map((name) => `${name}.k8s.io`),
  ];
  const wanted = ['api__v1', ...groups.map((group) => `apis__${group}__v1`)];
  for (const name of readdirSync(source).filter((file) => wanted.includes(file.replace('_openapi.json', '')))) {
    const { schemas } = (JSON.parse(readFileSync(join(source, name), 'utf8')) as { components: { schemas: Record<string, Schema> } })
      .components;
    const definitions = strict(schemas);
    for (const [id, schema] of Object.entries(schemas))
      for (const { kind, version } of (schema['x-kubernetes-group-version-kind'] as { kind: string; version: string }[] | undefined) ?? [])
        if (id.endsWith(`.${version}.${kind}`))
          writeFileSync(join(folder, fileOf(kind, version)), JSON.stringify({ $ref: `#/definitions/${id}`, definitions }));
  }
};

interface Crd {
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

const writeCustom = (folder: string): void => {
  const source = toolFiles('prometheus-operator-crds');
  for (const name of readdirSync(source)) {
    // A bare equals sign is a value of YAML 1.1 that no longer exists.
    const { spec } = load(readFileSync(join(source, name), 'utf8').replaceAll(/- =$/gm, '- "="')) as Crd;
    for (const { name: version, schema } of spec.versions)
      writeFileSync(
        join(folder, fileOf(spec.names.kind, version)),
        JSON.stringify(
          strict({
            ...schema.openAPIV3Schema,
            properties: { ...(schema.openAPIV3Schema.properties as Schema), metadata: { type: 'object', additionalProperties: true } },
          }),
        ),
      );
  }
};

describeWith(['kubeconform', 'kubectl', 'kube-apiserver'], 'schemas', (kubeconform, kubectl) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bellwether-schemas-'));
    writeBuiltIn(folder);
    writeCustom(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const check = (text: string): { readonly status: number | null; readonly output: string } => {
    const location = join(folder, '{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json');
    const { status, stdout, stderr } = spawnSync(kubeconform, ['-strict', '-summary', `-schema-location=${location}`, '-'], {
      encoding: 'utf8',
      input: text,
    });
    return { status, output: stdout + stderr };
  };

  it.each(OVERLAYS)('are those of every object of %s', (overlay) => {
    const { status, output } = check(execFileSync(kubectl, ['kustomize', `${ROOT}manifests/overlays/${overlay}`], { encoding: 'utf8' }));
    expect(output).toMatch(/Invalid: 0, Errors: 0, Skipped: 0/);
    expect(status).toBe(0);
  });

  it('tell a field that does not exist', () => {
    const text = execFileSync(kubectl, ['kustomize', `${ROOT}manifests/overlays/minimal`], { encoding: 'utf8' }).replace(
      'replicas: 1',
      'replcas: 1',
    );
    expect(check(text).output).toMatch(/replcas/);
  });
});
