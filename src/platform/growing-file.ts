import { open, stat } from 'node:fs/promises';
import { fileError } from './files.ts';

/** A file as it is now. `id` stays the same while it is renamed, and differs for a new file of the same name. */
export interface FileState {
  readonly id: string;
  readonly bytes: number;
}

/** What a path is now; undefined where there is nothing. */
export const fileState = async (path: string): Promise<FileState | undefined> => {
  try {
    const { dev, ino, size, birthtimeMs } = await stat(path);
    // The number of a removed file is given to the next one: its birth tells them apart.
    return { id: `${dev}-${ino}-${birthtimeMs}`, bytes: size };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError('read', path, error);
  }
};

/** At most `maxBytes` of a file from a place on; fewer at its end. Rejects with `not_found`, `forbidden`. */
export const readFrom = async (path: string, from: number, maxBytes: number): Promise<Uint8Array> => {
  try {
    const file = await open(path, 'r');
    try {
      const buffer = new Uint8Array(maxBytes);
      const { bytesRead } = await file.read(buffer, 0, maxBytes, from);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError('read', path, error);
  }
};

/**
 * Cuts a file to `from` bytes and adds to it, on the disk when it resolves: what a killed process wrote beyond the place that it remembered is written again instead
 * of twice. Gives the new length.
 */
export const writeFrom = async (path: string, from: number, bytes: Uint8Array): Promise<number> => {
  try {
    const file = await open(path, from === 0 ? 'w' : 'r+');
    try {
      await file.truncate(from);
      await file.write(bytes, 0, bytes.length, from);
      await file.sync();
      return from + bytes.length;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError('write', path, error);
  }
};
