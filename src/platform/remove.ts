import { rm } from 'node:fs/promises';
import { fileError } from './files.ts';

/** Removes a file, or a folder with all that is in it; one that is not there is no error. */
export const removeTree = async (path: string): Promise<void> => {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    throw fileError('remove', path, error);
  }
};
