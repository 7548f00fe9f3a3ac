import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import type { ReaderResult, ReaderTask } from './reader.ts';

const ENTRY = fileURLToPath(new URL('./reader.ts', import.meta.url));
// Inside the checkout, so that packages are found; ignored by git.
const BUNDLE = fileURLToPath(new URL('../../.bellwether/bench/reader.mjs', import.meta.url));

/** Leaves out what the reader does not use although it stands beside what it uses: logging, validation, progress bars, the PromQL grammar. */
const ONLY_WHAT_IS_USED: Plugin = {
  name: 'only-what-is-used',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path), sideEffects: false }));
    onResolve({ filter: /^[^./]/ }, ({ path }) => ({ path, external: true, sideEffects: false }));
  },
};

/** Bundles the reader as the product is bundled: what a process needs, without a TypeScript loader in its memory. */
export const bundleReader = async (): Promise<void> => {
  await build({ entryPoints: [ENTRY], bundle: true, platform: 'node', format: 'esm', plugins: [ONLY_WHAT_IS_USED], outfile: BUNDLE });
};

/** Runs the bundled reader in a fresh process. */
export const runReader = async (task: ReaderTask): Promise<ReaderResult> => {
  const { stdout } = await promisify(execFile)(process.execPath, [BUNDLE, JSON.stringify(task)]);
  return JSON.parse(stdout) as ReaderResult;
};
