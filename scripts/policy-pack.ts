import { readdirSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';

const ROOT = new URL('../policies/', import.meta.url);

/** Files `policies/<group>/<id>.yaml`, sorted. */
export const policyFiles = (): readonly { readonly path: string; readonly group: string; readonly id: string; readonly text: string }[] =>
  readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .flatMap((group) =>
      readdirSync(new URL(`${group}/`, ROOT))
        .filter((name) => name.endsWith('.yaml'))
        .sort()
        .map((name) => ({
          path: `policies/${group}/${name}`,
          group,
          id: name.replace(/\.yaml$/, ''),
          text: readFileSync(new URL(`${group}/${name}`, ROOT), 'utf8'),
        })),
    );

// A quote in single quotes is escaped, as is the backslash before it; JSON has escaped line ends already.
const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** The index of all policies: one line of JSON each, so that the program starts without reading files. */
export const renderPolicyPack = (): string => {
  const lines = policyFiles().map(({ text }) => `  ${quote(JSON.stringify(load(text)))},\n`);
  return `// generated from policies/; do not edit: npm run docs\nexport const PACK: readonly string[] = [\n${lines.join('')}];\n`;
};
