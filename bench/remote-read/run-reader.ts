import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import type { ReaderResult, ReaderTask } from './reader.ts';

const ENTRY = fileURLToPath(new URL('./reader.ts', import.meta.url));
// Inside the checkout, so that packages are found; ignored by git.
const BUNDLE = fileURLToPath(new URL('../../.bellwether/bench/reader.mjs', import.meta.url));

/** Leaves out packages that the reader does not use although files beside those it uses do: logging, validation, progress bars. */
const UNUSED_PACKAGES: Plugin = {
  name: 'unused-packages',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path, external: true, sideEffects: false },
    ),
};

/** Bundles the reader as the product is bundled: what a process needs, without a TypeScript loader in its memory. */
export const bundleReader = async (): Promise<void> => {
  await build({ entryPoints: [ENTRY], bundle: true, platform: 'node', format: 'esm', plugins: [UNUSED_PACKAGES], outfile: BUNDLE });
};

/** Runs the bundled reader in a fresh process. */
export const runReader = async (task: ReaderTask): Promise<ReaderResult> => {
  const { stdout } = await promisify(execFile)(process.execPath, [BUNDLE, JSON.stringify(task)]);
  return JSON.parse(stdout) as ReaderResult;
};
