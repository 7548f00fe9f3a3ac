import { BellwetherError, toBellwetherError } from '../platform/index.ts';
import { isRecord, type JsonRecord, placeObjects } from '../policy/index.ts';
import type { InputFile } from './files/find-files.ts';
import type { ScanError } from './finding.ts';
import { isHelmTemplate } from './scan-file.ts';
import { looksLikeKubernetes, withHint } from './scan-text.ts';
import { decodeText } from './yaml/decode-text.ts';
import { DEFAULT_LIMITS, type DocumentLimits, readDocuments } from './yaml/read-documents.ts';

/** The objects of files, and what could not be read. */
export interface ObjectReading {
  readonly objects: readonly JsonRecord[];
  readonly errors: readonly ScanError[];
}

export interface ObjectReadingDeps {
  readonly findFiles: () => AsyncIterable<InputFile>;
  /** Rejects with `too_large` and the other codes of reading files. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
}

/** The objects of files as a scan finds them, without judging them. Rejects with `not_found` for a path that is not there, and `cancelled`. */
export const readObjects = async (
  deps: ObjectReadingDeps,
  signal: AbortSignal,
  limits: DocumentLimits = DEFAULT_LIMITS,
): Promise<ObjectReading> => {
  const objects: JsonRecord[] = [];
  const errors: ScanError[] = [];
  for await (const input of deps.findFiles()) {
    if (signal.aborted) throw new BellwetherError('cancelled', 'reading was stopped');
    const file = input.path;
    let text: string;
    try {
      text = decodeText(await deps.readFile(file));
    } catch (error) {
      const { code, message } = toBellwetherError(error);
      if (code === 'cancelled') throw error;
      errors.push({ file, message });
      continue;
    }
    if (isHelmTemplate(input, text)) continue;
    for (const read of readDocuments(text, limits)) {
      if (read.kind === 'error') {
        const { index, line, column, message } = read;
        errors.push({ file, document: index, line, column, message: withHint(message, text) });
      } else if (isRecord(read.value) && looksLikeKubernetes(read.value)) {
        for (const { object } of placeObjects(read.value)) objects.push(object);
      }
    }
  }
  return { objects, errors };
};
