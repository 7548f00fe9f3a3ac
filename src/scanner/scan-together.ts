import { createClusterIndex, evaluateObject, type Finding } from '../policy/index.ts';
import type { FileFinding } from './finding.ts';
import { contextOf, createPause, type FileScannerDeps, type FileScannerOptions } from './scan-file.ts';
import { placeFinding, type ScannedObject } from './scan-text.ts';
import { decodeText } from './yaml/decode-text.ts';
import { readPlaces } from './yaml/read-documents.ts';

type FindingsByDocument = Map<number, Finding[]>;

/** Judges all objects by policies that look at several of them. Places are found by reading again the documents that have findings. */
export const scanTogether = async (
  { clock, readFile }: FileScannerDeps,
  options: FileScannerOptions,
  objects: readonly ScannedObject[],
  signal: AbortSignal,
): Promise<FileFinding[]> => {
  const pause = createPause(clock, signal);
  const cluster = createClusterIndex(
    objects.map(({ object }) => object),
    options.podPaths,
  );
  const context = { ...contextOf(options, clock.nowMs()), cluster, part: 'cluster' as const };
  const byFile = new Map<string, FindingsByDocument>();
  for (const { object, file, document, path } of objects) {
    const found = evaluateObject(object, path, context);
    await pause();
    if (found.length === 0) continue;
    const documents: FindingsByDocument = byFile.get(file) ?? new Map();
    byFile.set(file, documents.set(document, [...(documents.get(document) ?? []), ...found]));
  }
  const placed: FileFinding[] = [];
  for (const [file, documents] of byFile) {
    for (const places of readPlaces(decodeText(await readFile(file)), documents, options.limits)) {
      for (const finding of documents.get(places.index) ?? []) placed.push(placeFinding(finding, places, file));
      await pause();
    }
  }
  return placed;
};
