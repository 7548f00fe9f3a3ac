import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

// A bundle is JavaScript with its workers beside it under the same name; a checkout runs TypeScript through tsx.
const BUNDLED = import.meta.url.endsWith('.mjs');

/** Where a worker's script is in this installation, and what Node needs to run it. */
export const workerScript = (script: URL, bundled = BUNDLED): { readonly url: URL; readonly execArgv: string[] } => {
  if (bundled) return { url: new URL(script.href.replace(/^.*\/([^/]+)\.ts$/, '$1.mjs'), import.meta.url), execArgv: [] };
  // By full path: a worker resolves `--import` from the working directory, which may be anywhere.
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return { url: script, execArgv: ['--import', tsx] };
};

/**
 * Starts `new URL('./x-worker.ts', import.meta.url)` in a thread, from a checkout as well as from the bundle. The name must end in
 * `-worker.ts`: the build makes an entry of each such file. Never terminate a thread that may be inside onnxruntime's `run`: that
 * aborts the whole process; send it a message and let it end itself.
 */
export const startWorker = (script: URL, options: Omit<WorkerOptions, 'execArgv' | 'eval'> = {}): Worker => {
  const { url, execArgv } = workerScript(script);
  return new Worker(url, { ...options, execArgv });
};
