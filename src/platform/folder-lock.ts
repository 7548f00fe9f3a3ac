import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from './store/database.ts';
import { acquireStoreLock } from './store/store-lock.ts';

/**
 * Does work that only one process at a time may do in a folder, which is made where it is not there. Resolves to `locked` where another one is at
 * it: on the same machine, or in another container of the same node. On a file system without sockets nobody can tell, and the work is done.
 */
export const withFolderLock = async <T>(dir: string, work: () => Promise<T>): Promise<T | 'locked'> => {
  await mkdir(dir, { recursive: true });
  let release = async (): Promise<void> => undefined;
  try {
    ({ release } = await acquireStoreLock(join(dir, 'folder')));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.reason === 'locked') return 'locked';
    if (error.reason !== 'other') throw error;
  }
  return await work().finally(release);
};
