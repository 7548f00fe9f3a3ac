import { once } from 'node:events';
import { BellwetherError, createLogger, listen, startWorker, systemClock } from '../../platform/index.ts';
import { openTokenFile, type TokenFile } from '../../web/index.ts';
import { createScanApp } from './scan-app.ts';
import { createUploadPool } from './upload-pool.ts';
import type { UploadWorkerData } from './upload-protocol.ts';

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  /** Threads that judge. */
  readonly threads: number;
  readonly timeLimitMs: number;
  readonly tokenFile?: string;
}

// A thread that takes more is fed something that is no manifest: the whole pack and an upload of 8 MiB with its findings stay below it.
const THREAD_MEGABYTES = 1024;
// A short queue: whoever waits is answered within the time limit or refused.
const UPLOADS_PER_THREAD = 4;

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** `bellwether scan --serve`: answers until the signal. Rejects with `invalid_config` where it would be open to strangers, or cannot listen. */
export const serveScans = async (
  { host, port, threads, timeLimitMs, tokenFile: path }: ServeOptions,
  data: UploadWorkerData,
  signal: AbortSignal,
): Promise<void> => {
  if (path === undefined && !isLoopback(host))
    throw new BellwetherError('invalid_config', `on ${host} anybody could upload: give a --token-file, or listen on 127.0.0.1`);
  const log = createLogger({ level: 'info', name: 'scan' });
  const tokenFile: TokenFile | undefined = path === undefined ? undefined : await openTokenFile(path, { clock: systemClock, log });
  const startThread = () =>
    startWorker(new URL('./upload-worker.ts', import.meta.url), {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MEGABYTES },
    });
  const pool = createUploadPool({ clock: systemClock, startThread }, { threads, timeLimitMs });
  try {
    const app = createScanApp(
      { pool, log, ...(tokenFile ? { token: () => tokenFile.token } : {}) },
      { maxBytes: data.maxBytes, maxUploads: threads * UPLOADS_PER_THREAD },
    );
    const listener = await listen(app, { host, port, name: 'scan' });
    log.info({ url: listener.url }, 'listening');
    if (!signal.aborted) await once(signal, 'abort');
    await listener.close();
  } finally {
    tokenFile?.close();
    await pool.close();
  }
};
