// `node scripts/kubernetes-api.mjs`: what Kubernetes' own sources say about its API, as tables in src/policy/kubernetes. Needs Go, which
// brings the pinned modules; run it when a new Kubernetes version is out, and commit what it writes.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The newest three minor versions.
const KUBERNETES = ['1.35.3', '1.36.3', '1.37.0'];
// API types are deleted some versions after their API is gone, so older libraries are read for what the newest no longer has.
const LIBRARIES = ['v0.22.17', 'v0.29.0', 'v0.33.0', 'v0.37.0'];
const EXTENSION_MODULES = ['k8s.io/apiextensions-apiserver', 'k8s.io/kube-aggregator'];
const OUT = fileURLToPath(new URL('../src/policy/kubernetes/', import.meta.url));

const work = mkdtempSync(join(tmpdir(), 'kubernetes-api-'));
writeFileSync(join(work, 'go.mod'), 'module tables\n');
const moduleDir = (module) => JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { cwd: work, encoding: 'utf8' })).Dir;

const SPECIAL = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'time',
};

/** One property as a type code; src/policy/kubernetes/type-table.ts says what the codes mean. */
const codeOf = (schema, names) => {
  const ref = schema.$ref?.replace('#/definitions/', '');
  if (ref) return SPECIAL[ref] ?? `#${names.get(ref)}`;
  if (schema.type === 'array') return `[${codeOf(schema.items, names)}`;
  if (schema.type === 'object') return schema.additionalProperties ? `{${codeOf(schema.additionalProperties, names)}` : 'object';
  if (schema.type === 'integer') return schema.format === 'int32' ? 'int32' : 'int64';
  if (schema.type === 'number') return 'number';
  if (schema.type === 'boolean') return 'boolean';
  if (schema.type === 'string') return schema.format === 'byte' ? 'bytes' : 'string';
  return 'any';
};

const schemasOf = (version) => {
  const { definitions } = JSON.parse(
    readFileSync(join(moduleDir(`k8s.io/kubernetes@v${version}`), 'api/openapi-spec/swagger.json'), 'utf8'),
  );
  const names = new Map(Object.keys(definitions).map((name, i) => [name, i.toString(36)]));
  const types = {};
  const kinds = {};
  for (const [name, definition] of Object.entries(definitions)) {
    if (SPECIAL[name]) continue;
    for (const { group, version: apiVersion, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
      // DeleteOptions and WatchEvent are in every group and no manifest.
      if (/^(DeleteOptions|WatchEvent)$/.test(kind)) continue;
      kinds[`${group === '' ? '' : `${group}/`}${apiVersion} ${kind}`] = names.get(name);
    }
    // Without properties anything may be in it.
    if (!definition.properties) {
      types[names.get(name)] = definition.type === 'object' && !/JSON|RawExtension|FieldsV1/.test(name) ? {} : 'any';
      continue;
    }
    const required = new Set(definition.required ?? []);
    types[names.get(name)] = Object.fromEntries(
      Object.entries(definition.properties).map(([field, schema]) => [required.has(field) ? `${field}!` : field, codeOf(schema, names)]),
    );
  }
  return { kinds, types };
};

const LIFECYCLE = /func \(in \*(\w+)\) APILifecycle(Introduced|Deprecated|Removed)\(\) \(major, minor int\) \{\n\treturn 1, (\d+)/g;
const REPLACEMENT =
  /func \(in \*(\w+)\) APILifecycleReplacement\(\)[^{]*\{\n\treturn schema\.GroupVersionKind\{Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"/g;

const readLifecycle = (folder, version, lifecycle) => {
  let text;
  try {
    text = readFileSync(join(folder, 'zz_generated.prerelease-lifecycle.go'), 'utf8');
  } catch {
    return;
  }
  const group = /const GroupName = "([^"]*)"/.exec(readFileSync(join(folder, 'register.go'), 'utf8'))?.[1] ?? '';
  const key = (kind) => `${group === '' ? '' : `${group}/`}${version} ${kind}`;
  for (const [, kind, what, minor] of text.matchAll(LIFECYCLE)) {
    if (kind.endsWith('List')) continue;
    lifecycle[key(kind)] ??= {};
    lifecycle[key(kind)][what.toLowerCase()] = Number(minor);
  }
  for (const [, kind, newGroup, newVersion, newKind] of text.matchAll(REPLACEMENT)) {
    if (!kind.endsWith('List')) lifecycle[key(kind)].replacement = `${newGroup === '' ? '' : `${newGroup}/`}${newVersion} ${newKind}`;
  }
};

const lifecycleOf = () => {
  const lifecycle = {};
  for (const library of LIBRARIES) {
    const roots = [
      moduleDir(`k8s.io/api@${library}`),
      ...EXTENSION_MODULES.map((module) => join(moduleDir(`${module}@${library}`), 'pkg/apis')),
    ];
    for (const root of roots)
      for (const group of readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory()))
        for (const version of readdirSync(join(root, group.name)).filter((name) => /^v\d/.test(name)))
          readLifecycle(join(root, group.name, version), version, lifecycle);
  }
  return Object.fromEntries(
    Object.entries(lifecycle)
      .filter(([, { deprecated, removed }]) => deprecated !== undefined || removed !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
};

const write = (name, text) => writeFileSync(join(OUT, name), `// generated by scripts/kubernetes-api.mjs; do not edit\n${text}`);
const quoted = (value) => `'${JSON.stringify(value).replaceAll("'", "\\'")}'`;

const lifecycle = lifecycleOf();
write(
  'api-lifecycle.generated.ts',
  `export const API_LIFECYCLE: readonly string[] = [\n${Object.entries(lifecycle)
    .map(
      ([api, { introduced, deprecated, removed, replacement }]) =>
        `  '${[api, introduced ?? '', deprecated ?? '', removed ?? '', replacement ?? ''].join('|')}',\n`,
    )
    .join('')}];\n`,
);
for (const version of KUBERNETES) {
  const minor = version.split('.')[1];
  const { kinds, types } = schemasOf(version);
  write(
    `types-1-${minor}.generated.ts`,
    `export const KINDS = ${quoted(kinds)};\nexport const TYPES: readonly string[] = [\n${Object.entries(types)
      .map((entry) => `  ${quoted(entry)},\n`)
      .join('')}];\n`,
  );
  console.log(`1.${minor}: ${Object.keys(kinds).length} kinds, ${Object.keys(types).length} types`);
}
console.log(`${Object.keys(lifecycle).length} APIs that are deprecated or removed`);
