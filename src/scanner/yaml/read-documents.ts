import { YAMLException } from 'js-yaml';
import { joinPointer } from '../../policy/index.ts';
import { ComposeError, compose } from './compose.ts';
import { parseLenientEvents } from './lenient-events.ts';
import { createLineTable, type LineTable, type Place } from './line-table.ts';
import { offsetOf, type PlaceTree, placeTree, plainPlaces } from './locate.ts';
import { PLAIN_DEPTH, type PlainPlaces, readPlainDocument } from './plain-document.ts';
import { type DocumentSlice, splitDocuments } from './split-documents.ts';

/** Bounds for one file. */
export interface DocumentLimits {
  readonly maxDocuments: number;
  /** Documents that cannot be read before the rest of the file is left alone. */
  readonly maxErrors: number;
  readonly maxDepth: number;
  readonly maxAliasedValues: number;
}

/** Far above real manifests (a bundle of all CRDs of an operator: some hundred documents, 40 levels deep), far below what hurts. */
export const DEFAULT_LIMITS: DocumentLimits = { maxDocuments: 50_000, maxErrors: 1000, maxDepth: 200, maxAliasedValues: 200_000 };

/** A document that could be read. */
export interface ReadDocument {
  readonly kind: 'document';
  /** From 0, in the order of the stream. */
  readonly index: number;
  readonly value: unknown;
  /** JSON Pointers of keys that stand twice in their mapping. */
  readonly duplicateKeys: readonly string[];
  /** Template file named by a `# Source:` comment of Helm. */
  readonly source: () => string | undefined;
  /** The place of a key or list item, or of the nearest thing above it that is there. */
  readonly locate: (pointer: string) => Place;
  /** Where this is present, `createPlacer` gives the same places later on without reading the document again. */
  readonly plain?: PlainSlice;
}

/** A document that was read the short way, with its stretch of the file. */
export interface PlainSlice {
  readonly value: unknown;
  readonly places: PlainPlaces;
  readonly start: number;
  readonly end: number;
}

/** One that could not; the others of the file are read all the same. */
export interface UnreadableDocument extends Place {
  readonly kind: 'error';
  readonly index: number;
  readonly message: string;
}

const HELM_SOURCE = /^# Source: (\S+)[ \t]*\r?$/m;
// Looking for a plain text is a tenth of the work, and most files have none.
const helmSource = (text: string): string | undefined => (text.includes('# Source: ') ? HELM_SOURCE.exec(text)?.[1] : undefined);

/** The documents of a YAML or JSON stream, one after the other. Never throws for what the text contains. */
export function* readDocuments(text: string, limits: DocumentLimits = DEFAULT_LIMITS): Generator<ReadDocument | UnreadableDocument> {
  const lines = lazily(() => createLineTable(text));
  let errors = 0;
  for (const slice of splitDocuments(text)) {
    if (slice.index >= limits.maxDocuments) {
      const message = `the file has more than ${limits.maxDocuments} documents; the rest is not read`;
      yield { kind: 'error', index: slice.index, message, ...lines()(slice.start) };
      return;
    }
    const read = readSlice(text.slice(slice.start, slice.end), slice, lines, limits);
    if (!read) continue;
    yield read;
    if (read.kind !== 'error') continue;
    errors += 1;
    if (errors < limits.maxErrors) continue;
    const message = `${limits.maxErrors} documents of the file cannot be read; the rest is left alone`;
    yield { kind: 'error', index: slice.index + 1, message, ...lines()(slice.end) };
    return;
  }
}

/** A document whose value is known already. */
export type DocumentPlaces = Pick<ReadDocument, 'index' | 'locate' | 'source'>;

/** The places of some documents of a text that was read before: no value is made, and other documents are passed over. */
export function* readPlaces(
  text: string,
  wanted: ReadonlyMap<number, unknown>,
  limits: DocumentLimits = DEFAULT_LIMITS,
): Generator<DocumentPlaces> {
  const lines = lazily(() => createLineTable(text));
  for (const { index, start, end } of splitDocuments(text)) {
    if (!wanted.has(index)) continue;
    const slice = text.slice(start, end);
    const tree = lazily((): PlaceTree => {
      const { text: read, events } = parseLenientEvents(slice, limits.maxDepth);
      return placeTree(read, events);
    });
    yield {
      index,
      source: lazily(() => helmSource(slice)),
      locate: locatorOf(start, lines, tree),
    };
  }
}

/** The places of documents of one file that were read the short way. */
export const createPlacer = (text: string): ((index: number, plain: PlainSlice) => DocumentPlaces) => {
  const lines = lazily(() => createLineTable(text));
  return (index, plain) => ({
    index,
    source: lazily(() => helmSource(text.slice(plain.start, plain.end))),
    locate: locatorOf(
      plain.start,
      lines,
      lazily(() => plainPlaces(plain.value, plain.places)),
    ),
  });
};

const locatorOf =
  (start: number, lines: () => LineTable, tree: () => PlaceTree): DocumentPlaces['locate'] =>
  (pointer) =>
    lines()(start + Math.max(0, offsetOf(tree(), pointer)));

const EMPTY = /^---\s*$/;
const NO_DUPLICATES: ReadonlyMap<string, number> = new Map();

const readSlice = (
  source: string,
  { index, start, end }: DocumentSlice,
  lines: () => LineTable,
  limits: DocumentLimits,
): ReadDocument | UnreadableDocument | undefined => {
  if (EMPTY.test(source)) return undefined;
  const short = limits.maxDepth > PLAIN_DEPTH ? readPlainDocument(source) : undefined;
  if (short) {
    const { value } = short;
    return {
      kind: 'document',
      index,
      value,
      duplicateKeys: [],
      source: lazily(() => helmSource(source)),
      locate: locatorOf(
        start,
        lines,
        lazily(() => plainPlaces(value, short)),
      ),
      plain: { value, places: short, start, end },
    };
  }
  try {
    const { text, events } = parseLenientEvents(source, limits.maxDepth);
    const { value, duplicates } = compose(text, events, limits);
    if (value === null || value === undefined) return undefined;
    const tree = lazily((): PlaceTree => placeTree(text, events));
    const later =
      duplicates.length === 0 ? NO_DUPLICATES : new Map(duplicates.map(({ steps, offset }) => [joinPointer('', ...steps), offset]));
    return {
      kind: 'document',
      index,
      value,
      duplicateKeys: [...later.keys()],
      source: lazily(() => helmSource(source)),
      locate: (pointer) => lines()(start + Math.max(0, later.get(pointer) ?? offsetOf(tree(), pointer))),
    };
  } catch (error) {
    return { kind: 'error', index, ...whyAndWhere(error, start, lines) };
  }
};

const whyAndWhere = (error: unknown, start: number, lines: () => LineTable): Place & { readonly message: string } => {
  if (error instanceof ComposeError) return { message: error.message, ...lines()(start + Math.max(0, error.offset)) };
  if (error instanceof YAMLException) return { message: `not YAML: ${error.reason}`, ...lines()(start + (error.mark?.position ?? 0)) };
  // Whatever a hostile text does to the parser, the next document is read.
  return { message: `not YAML: ${error instanceof Error ? error.message : String(error)}`, ...lines()(start) };
};

const lazily = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};
