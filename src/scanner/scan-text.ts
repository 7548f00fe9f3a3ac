import { type EvaluationContext, evaluateObject, type Finding, isRecord, type JsonRecord, placeObjects } from '../policy/index.ts';
import type { FileFinding, ScanError } from './finding.ts';
import { type DocumentLimits, type DocumentPlaces, type PlainSlice, type ReadDocument, readDocuments } from './yaml/read-documents.ts';

/** One object of a file, kept for policies that look at several objects. */
export interface ScannedObject {
  readonly object: JsonRecord;
  readonly file: string;
  readonly document: number;
  /** JSON Pointer in the document. */
  readonly path: string;
  /** So that places are found without reading the document again. */
  readonly plain?: PlainSlice;
}

/** What a scan of one file gives to. */
export interface ScanSink {
  readonly onFinding: (finding: FileFinding) => void;
  readonly onError: (error: ScanError) => void;
  readonly onObject: (object: ScannedObject) => void;
  readonly onDocument: () => void;
}

export interface ScanTextOptions {
  readonly file: string;
  /** Judge also what does not look like Kubernetes at all. */
  readonly all: boolean;
  readonly limits: DocumentLimits;
  readonly context: EvaluationContext;
}

const NO_FIELDS: JsonRecord = {};

/** Judges the documents of one text, one after the other, by all policies that need no other object. */
export function* scanText(text: string, options: ScanTextOptions, sink: ScanSink): Generator<void> {
  for (const read of readDocuments(text, options.limits)) {
    if (read.kind === 'error') {
      const { index, line, column, message } = read;
      sink.onError({ file: options.file, document: index, line, column, message: withHint(message, text) });
    } else scanDocument(read, options, sink);
    yield;
  }
}

const scanDocument = (read: ReadDocument, { file, all, context }: ScanTextOptions, sink: ScanSink): void => {
  const document = isRecord(read.value) ? read.value : NO_FIELDS;
  if (!all && !looksLikeKubernetes(document)) return;
  sink.onDocument();
  const withFacts = read.duplicateKeys.length > 0 ? { ...context, duplicateKeys: read.duplicateKeys } : context;
  for (const { object, path } of placeObjects(document)) {
    if (isTooLarge(object, read)) {
      const message = `the object has more than ${MAX_VALUES} values, which no API server stores; it is not judged`;
      sink.onError({ file, document: read.index, ...read.locate(path), message });
      continue;
    }
    sink.onObject({ object, file, document: read.index, path, ...(read.plain ? { plain: read.plain } : {}) });
    for (const finding of evaluateObject(object, path, withFacts)) sink.onFinding(placeFinding(finding, read, file));
  }
};

// An object of 1.5 MB, which is what the API server stores, has fewer; the largest CRDs in use have some ten thousand.
const MAX_VALUES = 100_000;
const LEAST_BYTES = 2 * MAX_VALUES;

/** Whether an object is an attack. Short text that repeats nothing cannot hold so many values, and is not counted. */
const isTooLarge = (object: JsonRecord, { plain }: ReadDocument): boolean =>
  (plain === undefined || plain.end - plain.start >= LEAST_BYTES) && hasMoreValues(object, MAX_VALUES);

const hasMoreValues = (root: unknown, most: number): boolean => {
  let count = 0;
  const left = [root];
  for (let next = left.pop(); next !== undefined && count <= most; next = left.pop()) {
    const children: readonly unknown[] = Array.isArray(next) ? next : Object.values(next as object);
    count += children.length;
    if (count > most) break;
    for (const child of children) if (typeof child === 'object' && child !== null) left.push(child);
  }
  return count > most;
};

/** Whether a document in a folder is meant for Kubernetes at all. */
export const looksLikeKubernetes = ({ apiVersion, kind, metadata, spec }: JsonRecord): boolean =>
  apiVersion !== undefined || kind !== undefined || metadata !== undefined || spec !== undefined;

/** Adds the place in the file. To the finding itself, which is fresh: copies cost more than the places. */
export const placeFinding = (finding: Finding, places: DocumentPlaces, file: string): FileFinding => {
  const placed = finding as { -readonly [K in keyof FileFinding]: FileFinding[K] };
  const { line, column } = places.locate(finding.path);
  placed.file = file;
  placed.document = places.index;
  placed.line = line;
  placed.column = column;
  const source = places.source();
  if (source !== undefined) placed.source = source;
  return placed;
};

/** The message, with a hint where the text was not rendered. */
export const withHint = (message: string, text: string): string =>
  text.includes('{{')
    ? `${message}; it looks like a template: render it first, for example helm template CHART | bellwether scan --rendered -`
    : message;
