import type { Finding } from '../policy/index.ts';

/** A finding and where it stands in the files. */
export interface FileFinding extends Finding {
  readonly file: string;
  /** Place of the document in its file, from 0. */
  readonly document: number;
  /** From 1: the key at fault, or where something is missing the nearest key above it. */
  readonly line: number;
  readonly column: number;
  /** The template that Helm names in a comment. */
  readonly source?: string;
}

/** Something that could not be read. Line and column are of the place where reading stopped, where that is known. */
export interface ScanError {
  readonly file: string;
  readonly document?: number;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}
