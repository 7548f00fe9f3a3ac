import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Clock } from './clock.ts';
import { decompress } from './decompress.ts';
import { BellwetherError } from './error.ts';

const ABSENT = new Set(['ENOENT', 'ENOTDIR']);

/** A file system error as a BellwetherError: `not_found`, `forbidden`, `invalid_input` (a directory) or `internal`. */
export const fileError = (action: string, path: string, thrown: unknown): BellwetherError => {
  if (thrown instanceof BellwetherError) return thrown;
  const { code = '', message } = thrown as NodeJS.ErrnoException;
  const say = (why: string): string => `cannot ${action} ${path}: ${why}`;
  if (ABSENT.has(code)) return new BellwetherError('not_found', say('no such file or folder'));
  if (code === 'EACCES' || code === 'EPERM') return new BellwetherError('forbidden', say('permission denied'));
  if (code === 'EISDIR') return new BellwetherError('invalid_input', say('it is a folder'));
  // Of zlib.
  if (code.startsWith('Z_')) return new BellwetherError('invalid_input', say(`its compressed bytes are damaged (${code})`));
  if (code === 'ENOSPC') return new BellwetherError('internal', say('no space left on the disk'));
  return new BellwetherError('internal', say(message), thrown);
};

export interface ReadFileOptions {
  /** More than this is refused before it is read. */
  readonly maxBytes: number;
}

/** A whole file. Rejects with `not_found`, `forbidden`, `invalid_input`, `too_large`. */
export const readFile = async (path: string, { maxBytes }: ReadFileOptions): Promise<Uint8Array> => {
  try {
    const file = await open(path, 'r');
    try {
      const chunks: Buffer[] = [];
      let size = 0;
      // By stream and not by the size in `stat`: files of /proc and pipes have none.
      for await (const chunk of file.createReadStream({ autoClose: false })) {
        size += (chunk as Buffer).length;
        if (size > maxBytes) throw new BellwetherError('too_large', `${path} is larger than ${maxBytes} bytes`);
        chunks.push(chunk as Buffer);
      }
      return Buffer.concat(chunks, size);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError('read', path, error);
  }
};

/** Like `readFile`, but an absent file is undefined. */
export const readFileIfPresent = async (path: string, options: ReadFileOptions): Promise<Uint8Array | undefined> => {
  try {
    return await readFile(path, options);
  } catch (error) {
    if (error instanceof BellwetherError && error.code === 'not_found') return undefined;
    throw error;
  }
};

/** Names in a folder, sorted; empty where there is no such folder. */
export const listFiles = async (dir: string): Promise<string[]> => {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw fileError('list', dir, error);
  }
};

/** Bytes of a file, decompressed where its name ends in `.gz`. The stream fails with a BellwetherError's cause codes (`ENOENT`, `Z_DATA_ERROR`). */
export const openReadStream = (path: string): Readable => {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  if (!path.endsWith('.gz')) return file;
  return Readable.from(decompress(file), { objectMode: false, highWaterMark: 256 * 1024 });
};

export interface WriteStreamOptions {
  /** Adds to what is there; a compressed file then has one more gzip member. */
  readonly append?: boolean;
}

/** A file to write, compressed where its name ends in `.gz`; folders above it are made. `finish` means that the file itself is complete. */
export const openWriteStream = async (path: string, { append = false }: WriteStreamOptions = {}): Promise<Writable> => {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw fileError('write', path, error);
  }
  const file = createWriteStream(path, { flags: append ? 'a' : 'w' });
  if (!path.endsWith('.gz')) return file;
  const gzip = createGzip();
  const written = pipeline(gzip, file);
  written.catch(() => undefined);
  const outer = new Writable({
    write: (chunk, encoding, done) => void gzip.write(chunk, encoding, done),
    final: (done) => {
      gzip.end();
      written.then(() => done(), done);
    },
    destroy: (error, done) => {
      gzip.destroy(error ?? undefined);
      finished(file).then(
        () => done(error),
        () => done(error),
      );
    },
  });
  return outer;
};

export interface WatchFileOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
}

const fingerprint = async (path: string): Promise<string> => {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return `${ino}/${size}/${mtimeMs}`;
  } catch {
    return 'absent';
  }
};

/**
 * Calls `onChange` after the file was changed, replaced, removed or made. It asks for the state every `intervalMs` instead of waiting for
 * events: Kubernetes swaps a symlink two levels up when a ConfigMap changes, which file events miss.
 */
export const watchFile = (path: string, onChange: () => void, { clock, intervalMs }: WatchFileOptions): { close(): void } => {
  const stopped = new AbortController();
  const watch = async (): Promise<void> => {
    let known = await fingerprint(path);
    while (!stopped.signal.aborted) {
      await clock.sleep(intervalMs, stopped.signal);
      const now = await fingerprint(path);
      if (stopped.signal.aborted || now === known) continue;
      known = now;
      onChange();
    }
  };
  void watch();
  return { close: () => stopped.abort() };
};
