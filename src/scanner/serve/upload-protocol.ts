import type { PolicyException, ProfileName, Selection } from '../../policy/index.ts';
import type { FailOn } from '../output/report.ts';
import type { ScanWorkerData } from '../pool/scan-protocol.ts';

/** What a thread that judges uploads is started with. `maxBytes` bounds an upload, packed and unpacked. */
export interface UploadWorkerData extends ScanWorkerData {
  readonly selection: Selection & { readonly profile: ProfileName; readonly pssMinor: number };
  readonly exceptions: readonly PolicyException[];
  readonly failOn: FailOn;
}

/** One upload, as it came. */
export interface Upload {
  /** The document of `scan --format json`, or the page for people. */
  readonly as: 'json' | 'page';
  readonly body: Uint8Array;
  /** Content-Type of the body; the page takes `multipart/form-data`. */
  readonly type: string;
  /** Name of the file, for findings. */
  readonly file: string;
}

export type UploadReply = { readonly text: string } | { readonly failure: { readonly code: string; readonly message: string } };
