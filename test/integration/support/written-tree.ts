import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Files in a temporary folder, for programs that read folders. */
export interface WrittenTree {
  readonly folder: string;
  remove(): void;
}

export const writeTree = (files: ReadonlyMap<string, string>): WrittenTree => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-tree-'));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
};
