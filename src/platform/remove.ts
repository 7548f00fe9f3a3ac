import { rename, rm } from 'node:fs/promises';
import { fileError } from './files.ts';

/** Removes a file, or a folder with all that is in it; one that is not there is no error. */
export const removeTree = async (path: string): Promise<void> => {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    throw fileError('remove', path, error);
  }
};

/**
 * Makes room for a new file of this name: it becomes `PATH.1`, that one `PATH.2`, and so on; what would be beyond `kept` is removed. A file that is not there is no
 * error. Rejects with `forbidden`, `internal`.
 */
export const rotateFile = async (path: string, kept: number): Promise<void> => {
  try {
    await rm(`${path}.${kept}`, { force: true });
    for (let age = kept - 1; age >= 0; age--)
      await rename(age === 0 ? path : `${path}.${age}`, `${path}.${age + 1}`).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
  } catch (error) {
    throw fileError('rotate', path, error);
  }
};
