import { createClusterIndex, evaluateObject, type Finding } from '../policy/index.ts';
import type { FileFinding } from './finding.ts';
import { contextOf, createPause, type FileScannerDeps, type FileScannerOptions } from './scan-file.ts';
import { placeFinding, type ScannedObject } from './scan-text.ts';
import { decodeText } from './yaml/decode-text.ts';
import { createPlacer, readPlaces } from './yaml/read-documents.ts';

interface Found {
  readonly by: ScannedObject;
  readonly findings: readonly Finding[];
}

/** Judges all objects by policies that look at several of them. Files with findings are read again for the places. */
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
  const byFile = new Map<string, Found[]>();
  for (const by of objects) {
    const findings = evaluateObject(by.object, by.path, context);
    await pause();
    if (findings.length === 0) continue;
    const known = byFile.get(by.file);
    if (known) known.push({ by, findings });
    else byFile.set(by.file, [{ by, findings }]);
  }
  const placed: FileFinding[] = [];
  for (const [file, all] of byFile) {
    const text = decodeText(await readFile(file));
    const placer = createPlacer(text);
    const others = new Map<number, Finding[]>();
    for (const { by, findings } of all) {
      if (by.plain) {
        const places = placer(by.document, by.plain);
        for (const finding of findings) placed.push(placeFinding(finding, places, file));
      } else others.set(by.document, [...(others.get(by.document) ?? []), ...findings]);
      await pause();
    }
    if (others.size === 0) continue;
    for (const places of readPlaces(text, others, options.limits)) {
      for (const finding of others.get(places.index) ?? []) placed.push(placeFinding(finding, places, file));
      await pause();
    }
  }
  return placed;
};
