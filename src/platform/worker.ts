import { Worker, type WorkerOptions } from 'node:worker_threads';

// A bundle is JavaScript with its workers beside it under the same name; a checkout runs TypeScript through tsx.
const BUNDLED = import.meta.url.endsWith('.mjs');

/** The first file of a thread in this installation, and its arguments; in a checkout an entry that registers tsx before the script. */
export const workerScript = (script: URL, bundled = BUNDLED): { readonly url: URL; readonly argv: string[] } =>
  bundled
    ? { url: new URL(script.href.replace(/^.*\/([^/]+)\.ts$/, '$1.mjs'), import.meta.url), argv: [] }
    : { url: new URL('./tsx-entry.mjs', import.meta.url), argv: [script.href] };

/**
 * Starts `new URL('./x-worker.ts', import.meta.url)` in a thread, from a checkout as well as from the bundle. The name must end in
 * `-worker.ts`: the build makes an entry of each such file. Never terminate a thread that may be inside onnxruntime's `run`: that
 * aborts the whole process; send it a message and let it end itself.
 */
export const startWorker = (script: URL, options: Omit<WorkerOptions, 'argv' | 'execArgv' | 'eval'> = {}): Worker => {
  const { url, argv } = workerScript(script);
  // No loader of this process: the entry registers its own.
  return new Worker(url, { ...options, argv, execArgv: [] });
};
