import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { FLOW_CSV_HEADER } from '../flows/index.ts';
import { fileState, openWriteStream, rotateFile } from '../platform/index.ts';

/** The file that grows; older ones are `flows.csv.1`, `flows.csv.2`, ... */
const NAME = 'flows.csv';

export interface FlowFolderOptions {
  readonly folder: string;
  /** Rows of one file. */
  readonly rows: number;
  /** Files beside the growing one; the oldest goes. */
  readonly kept: number;
}

export interface FlowFolder {
  /** Adds rows without their ends; they are in the file when it resolves. */
  write(rows: readonly string[]): Promise<void>;
  end(): Promise<void>;
  /** Files so far. */
  readonly files: number;
}

/** Flow files that grow and are rotated, so that a folder never holds more than (`kept` + 1) times `rows` of them. What an earlier process left is rotated away. */
export const createFlowFolder = ({ folder, rows: most, kept }: FlowFolderOptions): FlowFolder => {
  const path = `${folder}/${NAME}`;
  let open: Writable | undefined;
  let inFile = 0;
  let files = 0;
  const close = async (): Promise<void> => {
    if (!open) return;
    const done = finished(open);
    open.end();
    open = undefined;
    await done;
  };
  const begin = async (): Promise<Writable> => {
    await close();
    if (await fileState(path)) await rotateFile(path, kept);
    open = await openWriteStream(path);
    open.write(`${FLOW_CSV_HEADER}\n`);
    inFile = 0;
    files++;
    return open;
  };
  return {
    write: async (rows) => {
      for (let at = 0; at < rows.length; ) {
        const file = open && inFile < most ? open : await begin();
        const part = rows.slice(at, at + most - inFile);
        if (!file.write(`${part.join('\n')}\n`)) await once(file, 'drain');
        inFile += part.length;
        at += part.length;
      }
    },
    end: close,
    get files() {
      return files;
    },
  };
};
