import type { PodPaths, Selection } from '../../policy/index.ts';
import type { PolicySource } from '../command/read-policies.ts';
import type { InputFile } from '../files/find-files.ts';
import type { FileResult } from '../scan-file.ts';
import type { DocumentLimits } from '../yaml/read-documents.ts';

/** What a scanning thread is started with: the policies are made there, because functions do not travel. */
export interface ScanWorkerData {
  /** Policies besides the pack. */
  readonly sources: readonly PolicySource[];
  readonly selection: Selection;
  readonly limits: DocumentLimits;
  readonly all: boolean;
  readonly maxBytes: number;
  readonly kubernetesMinor?: number;
  readonly podPaths?: PodPaths;
  readonly withPatches?: boolean;
}

export interface ScanRequest {
  readonly id: number;
  readonly input: InputFile;
}

export type ScanReply =
  | { readonly id: number; readonly result: FileResult }
  | { readonly id: number; readonly failure: { readonly code: string; readonly message: string } };
