// Which files of public recordings are one set.
import { join } from 'node:path';
import type { PairPaths } from '../../src/evaluation/index.ts';

export interface RecordingSet {
  readonly name: string;
  readonly stems: readonly string[];
  /** Only these kinds of event count. */
  readonly kinds?: readonly string[];
}

export const RECORDING_SETS: readonly RecordingSet[] = [
  { name: 'asd', stems: [1, 2, 3, 4, 5, 6].map((i) => `asd-omi-${i}`) },
  { name: 'nezha', stems: ['nezha-ob-2022-08-22'], kinds: ['cpu'] },
  { name: 'microsoft-hourly', stems: ['microsoft-hourly'] },
  { name: 'microsoft-minute', stems: ['microsoft-minute'] },
  { name: 'nab-ops', stems: ['nab-ops'] },
];

export const recordingPaths = (dir: string, { stems }: RecordingSet): PairPaths[] =>
  stems.map((stem) => ({ data: join(dir, `${stem}.om.gz`), events: join(dir, `${stem}.events.json`) }));
