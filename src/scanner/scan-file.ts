import { BellwetherError, type Clock, toBellwetherError } from '../platform/index.ts';
import type { EvaluationContext, PodPaths, PolicySet } from '../policy/index.ts';
import type { InputFile } from './files/find-files.ts';
import type { FileFinding, ScanError } from './finding.ts';
import { type ScannedObject, scanText } from './scan-text.ts';
import { decodeText } from './yaml/decode-text.ts';
import type { DocumentLimits } from './yaml/read-documents.ts';

/** What a scan of one file gives. */
export interface FileResult {
  readonly file: string;
  readonly wasRead: boolean;
  readonly findings: readonly FileFinding[];
  readonly errors: readonly ScanError[];
  readonly documents: number;
  readonly objectCount: number;
  /** Kept only where policies look at several objects. */
  readonly objects: readonly ScannedObject[];
  /** Why the file was left out. */
  readonly skipped?: string;
}

export type FileScanner = (input: InputFile) => Promise<FileResult>;

export interface FileScannerDeps {
  readonly clock: Clock;
  /** Rejects with `too_large` and the other codes of reading files. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
}

export interface FileScannerOptions {
  readonly policies: PolicySet;
  readonly limits: DocumentLimits;
  /** Judge also documents in folders that do not look like Kubernetes. */
  readonly all: boolean;
  readonly kubernetesMinor?: number;
  readonly podPaths?: PodPaths;
  /** Whether findings get a patch: for results that show it. */
  readonly withPatches?: boolean;
}

/** What policies get to know beside the object. */
export const contextOf = ({ policies, kubernetesMinor, podPaths, withPatches }: FileScannerOptions, nowMs: number): EvaluationContext => ({
  policies,
  part: 'object',
  nowMs,
  ...(kubernetesMinor === undefined ? {} : { kubernetesMinor }),
  ...(podPaths === undefined ? {} : { podPaths }),
  ...(withPatches === true ? { withPatches } : {}),
});

export const needsCluster = ({ policies }: PolicySet): boolean => policies.some(({ policy }) => policy.match.needs !== 'nothing');

const TEMPLATE_PATH = /(^|\/)templates\//;

/** Whether a file of a folder is a chart's template, which is no YAML before it is rendered. */
export const isHelmTemplate = ({ path, isNamed }: InputFile, text: string): boolean =>
  !isNamed && TEMPLATE_PATH.test(path) && text.includes('{{');

/** Judges single files by policies that need no other object. Rejects only when it is told to stop. */
export const createFileScanner = (deps: FileScannerDeps, options: FileScannerOptions, signal: AbortSignal): FileScanner => {
  const context = contextOf(options, deps.clock.nowMs());
  const keepsObjects = needsCluster(options.policies);
  return async (input) => {
    const result = {
      file: input.path,
      findings: [] as FileFinding[],
      errors: [] as ScanError[],
      documents: 0,
      objectCount: 0,
      objects: [] as ScannedObject[],
    };
    let text: string;
    try {
      text = decodeText(await deps.readFile(input.path));
    } catch (error) {
      const { code, message } = toBellwetherError(error);
      if (code === 'cancelled') throw error;
      result.errors.push({ file: input.path, message });
      return { ...result, wasRead: false };
    }
    if (isHelmTemplate(input, text)) return { ...result, wasRead: true, skipped: 'a Helm template: render the chart and scan the result' };
    const sink = {
      onFinding: (finding: FileFinding) => void result.findings.push(finding),
      onError: (error: ScanError) => void result.errors.push(error),
      onDocument: () => {
        result.documents += 1;
      },
      onObject: (object: ScannedObject) => {
        result.objectCount += 1;
        if (keepsObjects) result.objects.push(object);
      },
    };
    const pause = createPause(deps.clock, signal);
    for (const _ of scanText(text, { file: input.path, all: input.isNamed || options.all, limits: options.limits, context }, sink))
      await pause();
    return { ...result, wasRead: true };
  };
};

// Long files must not keep signals and the progress bar waiting.
const YIELD_EVERY_MS = 50;

/** Lets others run now and then; rejects with `cancelled` once the signal is aborted. */
export const createPause = (clock: Clock, signal: AbortSignal): (() => Promise<void>) => {
  let lastMs = clock.monotonicMs();
  return async () => {
    if (clock.monotonicMs() - lastMs < YIELD_EVERY_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    lastMs = clock.monotonicMs();
    if (signal.aborted) throw new BellwetherError('cancelled', 'the scan was stopped');
  };
};
