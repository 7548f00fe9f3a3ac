// `npm run synth` writes manifests/, rules/ and dashboards/; `npm run synth -- --check` says what in them is not as the code makes it.
// A platform team puts its own options here; src/synth/options/bundle-options.ts says what there is.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, BundleOptionsError, GENERATED_FOLDERS, synthesise } from './src/synth/index.ts';

const OPTIONS: BundleOptions = {};

const ROOT = fileURLToPath(new URL('.', import.meta.url));

const filesOnDisk = (): string[] =>
  GENERATED_FOLDERS.filter((folder) => existsSync(join(ROOT, folder))).flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
  );

const main = (check: boolean): number => {
  const files = synthesise(OPTIONS);
  const surplus = filesOnDisk().filter((path) => !files.has(path));
  const stale = [...files].filter(([path, text]) => !existsSync(join(ROOT, path)) || readFileSync(join(ROOT, path), 'utf8') !== text);
  if (check) {
    for (const path of [...stale.map(([path]) => path), ...surplus]) console.error(`${path} is not what npm run synth writes`);
    return stale.length + surplus.length > 0 ? 1 : 0;
  }
  for (const path of surplus) rmSync(join(ROOT, path));
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
  console.log(`${files.size} files, ${stale.length} written, ${surplus.length} removed`);
  return 0;
};

try {
  process.exitCode = main(process.argv.includes('--check'));
} catch (error) {
  if (!(error instanceof BundleOptionsError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
