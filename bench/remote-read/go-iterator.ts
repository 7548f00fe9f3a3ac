import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHUNK_SLACK_BYTES } from '../../src/prometheus/chunk/chunk-reader.ts';
import type { ChunkFile } from './chunks.ts';

const FOLDER = fileURLToPath(new URL('../go/remote-read', import.meta.url));

export interface GoIterator {
  readonly version: string;
  /** Nanoseconds per sample of Prometheus's own iterator over the same chunks. */
  time(file: ChunkFile, seconds: number): number;
}

/** Builds the Go program; undefined where there is no Go. */
export const buildGoIterator = (folder: string): GoIterator | undefined => {
  const found = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (found.status !== 0) return undefined;
  const program = join(folder, 'remote-read');
  const built = spawnSync('go', ['build', '-o', program, '.'], { cwd: FOLDER, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the Go program does not build:\n${built.stderr}`);
  const path = join(folder, 'chunks.bin');
  return {
    version: /go\d[\d.]*/.exec(found.stdout)?.[0] ?? 'unknown',
    time: (file, seconds) => {
      writeFileSync(path, file.bytes.subarray(0, file.bytes.length - CHUNK_SLACK_BYTES));
      const output = execFileSync(program, ['time', path, String(seconds)], { encoding: 'utf8' });
      return (JSON.parse(output) as { nsPerSample: number }).nsPerSample;
    },
  };
};
