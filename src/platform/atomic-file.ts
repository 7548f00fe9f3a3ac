import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError } from './files.ts';

// Temporary files this process is writing right now; every other one with our pid is a leftover (in a container the pid is always the same).
const inFlight = new Set<string>();
let sequence = 0;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Removes what a killed process left behind for this path. */
const sweep = async (folder: string, prefix: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || !name.endsWith('.tmp')) continue;
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    const path = join(folder, name);
    if (inFlight.has(path) || (pid !== process.pid && isAlive(pid))) continue;
    await rm(path, { force: true });
  }
};

/**
 * Writes a file that is either the old one or the whole new one, also after `kill -9` or a power cut: a temporary file beside it, fsync,
 * rename, fsync of the folder. Folders above it are made. If a chunk source fails, the old file stays and the error is passed on.
 */
export const writeFileAtomic = async (path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> => {
  const folder = dirname(path);
  const prefix = `.${basename(path)}.`;
  const temporary = join(folder, `${prefix}${process.pid}.${++sequence}.tmp`);
  inFlight.add(temporary);
  try {
    await mkdir(folder, { recursive: true });
    await sweep(folder, prefix);
    const file = await open(temporary, 'w');
    try {
      for await (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    const directory = await open(folder, 'r');
    await directory.sync().finally(() => directory.close());
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw isFileSystemError(error) ? fileError('write', path, error) : error;
  } finally {
    inFlight.delete(temporary);
  }
};

const isFileSystemError = (error: unknown): boolean => typeof error === 'object' && error !== null && 'syscall' in error;
