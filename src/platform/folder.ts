import { mkdtemp, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileError } from './files.ts';

/** What a path is; `other` for devices, sockets and pipes. */
export type PathKind = 'file' | 'folder' | 'other';

/** What lies under a path, links followed. Rejects with `not_found`, `forbidden`. */
export const pathKind = async (path: string): Promise<PathKind> => {
  try {
    const found = await stat(path);
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    throw fileError('read', path, error);
  }
};

export interface WalkOptions {
  /** Called with the name of each folder below the first; false leaves it out. */
  readonly enter: (name: string) => boolean;
}

/** The files below a folder, in the order of their names. Links to folders are not followed, so there are no circles. */
export async function* walkFiles(folder: string, options: WalkOptions): AsyncGenerator<string> {
  let entries: Awaited<ReturnType<typeof readEntries>>;
  try {
    entries = await readEntries(folder);
  } catch (error) {
    throw fileError('list', folder, error);
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (options.enter(entry.name)) yield* walkFiles(path, options);
    } else if (entry.isFile() || (entry.isSymbolicLink() && (await isFileLink(path)))) yield path;
  }
}

const readEntries = async (folder: string) =>
  (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));

const isFileLink = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isFile();
  } catch {
    // A link that leads nowhere is nothing to read.
    return false;
  }
};

/** A new, empty folder beside a path. Rejects with `forbidden`, `internal`. */
export const temporaryFolder = async (beside: string): Promise<string> => {
  try {
    return await mkdtemp(join(dirname(beside), '.bellwether-'));
  } catch (error) {
    throw fileError('make a folder beside', beside, error);
  }
};
