import { applyExceptions, type ExceptionUse, type PolicyException, SEVERITIES, type Severity } from '../policy/index.ts';
import type { InputFile, SkippedFile } from './files/find-files.ts';
import type { FileFinding, ScanError } from './finding.ts';
import {
  createFileScanner,
  type FileResult,
  type FileScanner,
  type FileScannerDeps,
  type FileScannerOptions,
  needsCluster,
} from './scan-file.ts';
import type { ScannedObject } from './scan-text.ts';
import { scanTogether } from './scan-together.ts';

export interface ScanDeps extends FileScannerDeps {
  readonly findFiles: () => AsyncIterable<InputFile>;
  /** Scans files elsewhere, several at a time; in this thread one after the other if absent. */
  readonly pool?: { readonly scanFile: FileScanner; readonly size: number };
  readonly onFile?: (path: string) => void;
}

export interface ScanOptions extends FileScannerOptions {
  readonly exceptions: readonly PolicyException[];
}

export interface ScanSummary {
  readonly files: number;
  readonly documents: number;
  readonly objects: number;
  readonly policies: number;
  readonly findings: Readonly<Record<Severity, number>>;
  readonly excepted: number;
  readonly errors: number;
  readonly skipped: readonly SkippedFile[];
}

export interface ScanResult {
  /** In the order of files, then of lines. */
  readonly findings: readonly FileFinding[];
  /** Files that were read. */
  readonly files: readonly string[];
  readonly errors: readonly ScanError[];
  readonly exceptions: readonly ExceptionUse[];
  readonly summary: ScanSummary;
}

/** Judges files by a set of policies. Rejects only where nothing could be scanned; what is wrong with one file is in `errors`. */
export const scan = async (deps: ScanDeps, options: ScanOptions, signal: AbortSignal): Promise<ScanResult> => {
  const findings: FileFinding[] = [];
  const errors: ScanError[] = [];
  const objects: ScannedObject[] = [];
  const skipped: SkippedFile[] = [];
  const files: string[] = [];
  const counts = { documents: 0, objects: 0 };
  for await (const result of scanAll(deps, options, signal)) {
    if (result.wasRead) files.push(result.file);
    if (result.skipped !== undefined) skipped.push({ file: result.file, reason: result.skipped });
    // Not by spreading into push: a hostile file has more findings than a call has arguments.
    for (const finding of result.findings) findings.push(finding);
    for (const error of result.errors) errors.push(error);
    for (const object of result.objects) objects.push(object);
    counts.documents += result.documents;
    counts.objects += result.objectCount;
  }
  if (needsCluster(options.policies)) for (const finding of await scanTogether(deps, options, objects, signal)) findings.push(finding);
  const judged = applyExceptions(inOrder(findings), options.exceptions, deps.clock.nowMs());
  return {
    findings: judged.findings,
    files,
    errors,
    exceptions: judged.uses,
    summary: {
      files: files.length,
      ...counts,
      policies: options.policies.policies.length,
      findings: countBySeverity(judged.findings),
      excepted: judged.excepted.length,
      errors: errors.length,
      skipped,
    },
  };
};

/** Results in the order of files. A pool gets a few files ahead of those that are waited for. */
async function* scanAll(deps: ScanDeps, options: ScanOptions, signal: AbortSignal): AsyncGenerator<FileResult> {
  const { scanFile, size } = deps.pool ?? { scanFile: createFileScanner(deps, options, signal), size: 0 };
  const ahead = size * 2;
  const pending: Promise<FileResult>[] = [];
  for await (const input of deps.findFiles()) {
    deps.onFile?.(input.path);
    const result = scanFile(input);
    // It is awaited below; until then its failure must not end the process.
    result.catch(() => undefined);
    pending.push(result);
    if (pending.length > ahead) yield await pending.shift()!;
  }
  for (const result of pending) yield await result;
}

/** By file, line and column. Files are sorted apart: comparing paths for each pair of findings is most of the work otherwise. */
const inOrder = (findings: readonly FileFinding[]): FileFinding[] => {
  const byFile = new Map<string, FileFinding[]>();
  for (const finding of findings) {
    const group = byFile.get(finding.file);
    if (group) group.push(finding);
    else byFile.set(finding.file, [finding]);
  }
  return [...byFile.keys()].sort(compare).flatMap((file) => byFile.get(file)!.sort(byPlace));
};

const byPlace = (a: FileFinding, b: FileFinding): number =>
  a.line - b.line || a.column - b.column || compare(a.policy, b.policy) || compare(a.path, b.path);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const countBySeverity = (findings: readonly FileFinding[]): Record<Severity, number> => {
  const counts = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>;
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
};
