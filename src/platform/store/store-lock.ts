import { createHash, randomUUID } from 'node:crypto';
import { link, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { StoreError } from './database.ts';

/** Addresses of Unix sockets have 108 bytes; the temporary name is longer than the final one by this. */
const LONGEST_PATH = 108 - 1 - 10;

const errorCode = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** Whether somebody listens there; a socket whose process has died refuses. */
const isAlive = (path: string): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });

const listenAt = (path: string): Promise<Server> =>
  new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', fail);
    server.listen(path, () => {
      server.unref();
      done(server);
    });
  });

const lockPathOf = (path: string): string => {
  const beside = join(dirname(resolve(path)), `.${basename(path)}.owner`);
  if (Buffer.byteLength(beside) <= LONGEST_PATH) return beside;
  return join(tmpdir(), `bellwether-${createHash('sha256').update(resolve(path)).digest('hex').slice(0, 16)}.owner`);
};

/** Gives `own` the name `path` unless somebody has it; a name left by a dead process is taken over. */
const claim = async (own: string, path: string): Promise<boolean> => {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await link(own, path);
      return true;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    if (await isAlive(path)) return false;
    // Two may find the same dead name. Renaming is the step that only one can do; what it moved is looked at again, because the other may have
    // been quicker and be alive.
    const aside = `${own}.old`;
    try {
      await rename(path, aside);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') continue;
      throw error;
    }
    if (await isAlive(aside)) {
      await rename(aside, path);
      return false;
    }
    await rm(aside, { force: true });
  }
  return false;
};

/** A file that belongs to one process. */
export interface StoreLock {
  release(): Promise<void>;
}

/**
 * Takes a file for this process alone. The lock is a Unix socket beside the file that this process listens on: it ends with the process, however that
 * ends, and is seen from other containers that share the volume of one node. Rejects with StoreError `locked`.
 */
export const acquireStoreLock = async (path: string): Promise<StoreLock> => {
  const final = lockPathOf(path);
  const own = `${final}.${randomUUID().slice(0, 8)}`;
  let server: Server | undefined;
  let claimed = false;
  try {
    server = await listenAt(own);
    claimed = await claim(own, final);
  } catch (error) {
    const reason = ['EROFS', 'EACCES', 'EPERM'].includes(errorCode(error)) ? 'read_only' : errorCode(error) === 'ENOSPC' ? 'full' : 'other';
    throw new StoreError(reason, `cannot lock ${path}: ${error instanceof Error ? error.message : String(error)}`, error);
  } finally {
    await rm(own, { force: true }).catch(() => undefined);
    if (!claimed) server?.close();
  }
  if (!claimed) throw new StoreError('locked', `${path} belongs to another process that runs`);
  return {
    release: async () => {
      await rm(final, { force: true }).catch(() => undefined);
      await new Promise<void>((done) => (server ? server.close(() => done()) : done()));
    },
  };
};
