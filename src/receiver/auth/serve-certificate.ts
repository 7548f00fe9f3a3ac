import {
  type Clock,
  type ListenOptions,
  type Logger,
  listenSecure,
  type RequestListener,
  readFile,
  type SecureListener,
  type ServerCertificate,
  toBellwetherError,
  watchFile,
} from '../../platform/index.ts';

/** A chain of certificates, or a bundle of authorities. */
const MAX_BYTES = 1_048_576;
const WATCH_MS = 10_000;

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string;
}

export interface ServedCertificate {
  readonly listener: SecureListener;
  /** Stops looking at the files; the listener is closed by itself. */
  close(): void;
}

const textOf = async (path: string): Promise<string> => Buffer.from(await readFile(path, { maxBytes: MAX_BYTES })).toString('utf8');

const load = async ({ certFile, keyFile, clientCaFile }: TlsFiles): Promise<ServerCertificate> => ({
  certificate: await textOf(certFile),
  key: await textOf(keyFile),
  ...(clientCaFile === undefined ? {} : { clientAuthorities: await textOf(clientCaFile) }),
});

/** Listens with the certificate of files and takes up their changes; a bad change keeps the last good one. Rejects as `listenSecure` and `readFile` do. */
export const serveCertificate = async (
  handler: RequestListener,
  files: TlsFiles,
  options: ListenOptions,
  { clock, log }: { readonly clock: Clock; readonly log: Pick<Logger, 'info' | 'warn'> },
): Promise<ServedCertificate> => {
  const listener = await listenSecure(handler, await load(files), options);
  const renew = async (): Promise<void> => {
    try {
      listener.use(await load(files));
      log.info({ certFile: files.certFile }, 'another certificate is in use');
    } catch (error) {
      log.warn({ err: toBellwetherError(error) }, 'a changed certificate cannot be used; the one before stays');
    }
  };
  const watcher = watchFile(files.certFile, () => void renew(), { clock, intervalMs: WATCH_MS });
  return { listener, close: () => watcher.close() };
};
