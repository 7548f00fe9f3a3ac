import { BellwetherError, type Clock, toBellwetherError } from '../platform/index.ts';
import {
  applyExceptions,
  createClusterIndex,
  type EvaluationContext,
  type ExceptionUse,
  evaluateObject,
  type PolicyException,
  type PolicySet,
  SEVERITIES,
  type Severity,
} from '../policy/index.ts';
import { type InputFile, type SkippedFile, STDIN } from './files/find-files.ts';
import type { FileFinding, ScanError } from './finding.ts';
import { placeFinding, type ScannedObject, scanText } from './scan-text.ts';
import { decodeText } from './yaml/decode-text.ts';
import { type DocumentLimits, readDocuments } from './yaml/read-documents.ts';

export interface ScanDeps {
  readonly clock: Clock;
  readonly findFiles: () => AsyncIterable<InputFile>;
  /** Rejects with `too_large` and the other codes of reading files. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  readonly onFile?: (path: string) => void;
}

export interface ScanOptions {
  readonly policies: PolicySet;
  readonly exceptions: readonly PolicyException[];
  readonly limits: DocumentLimits;
  /** Judge also documents in folders that do not look like Kubernetes. */
  readonly all: boolean;
  readonly kubernetesMinor?: number;
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

// Long files must not keep signals and the progress bar waiting.
const YIELD_EVERY_MS = 50;

/** Judges files by a set of policies. Rejects only where nothing could be scanned; what is wrong with one file is in `errors`. */
export const scan = async (deps: ScanDeps, options: ScanOptions, signal: AbortSignal): Promise<ScanResult> => {
  const findings: FileFinding[] = [];
  const errors: ScanError[] = [];
  const objects: ScannedObject[] = [];
  const skipped: SkippedFile[] = [];
  const files: string[] = [];
  const texts = new Map<string, string>();
  const counts = { documents: 0, objects: 0 };
  const needsCluster = options.policies.policies.some(({ policy }) => policy.match.needs === 'cluster');
  const context: EvaluationContext = {
    policies: options.policies,
    part: 'object',
    nowMs: deps.clock.nowMs(),
    ...(options.kubernetesMinor === undefined ? {} : { kubernetesMinor: options.kubernetesMinor }),
  };
  const sink = {
    onFinding: (finding: FileFinding) => void findings.push(finding),
    onError: (error: ScanError) => void errors.push(error),
    onDocument: () => {
      counts.documents += 1;
    },
    onObject: (object: ScannedObject) => {
      counts.objects += 1;
      if (needsCluster) objects.push(object);
    },
  };
  const pause = createPause(deps.clock, signal);

  for await (const { path, isNamed } of deps.findFiles()) {
    deps.onFile?.(path);
    const text = await readText(deps, path, errors);
    if (text === undefined) continue;
    files.push(path);
    if (path === STDIN) texts.set(path, text);
    if (!isNamed && isHelmTemplate(path, text)) {
      skipped.push({ file: path, reason: 'a Helm template: render the chart and scan the result' });
      continue;
    }
    for (const _ of scanText(text, { file: path, all: isNamed || options.all, limits: options.limits, context }, sink)) await pause();
  }
  if (needsCluster) findings.push(...(await scanTogether(deps, options, context, objects, texts, pause)));
  const judged = applyExceptions(findings.sort(byPlace), options.exceptions, deps.clock.nowMs());
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

const TEMPLATE_PATH = /(^|\/)templates\//;

const isHelmTemplate = (path: string, text: string): boolean => TEMPLATE_PATH.test(path) && text.includes('{{');

const readText = async ({ readFile }: ScanDeps, path: string, errors: ScanError[]): Promise<string | undefined> => {
  try {
    return decodeText(await readFile(path));
  } catch (error) {
    const { code, message } = toBellwetherError(error);
    if (code === 'cancelled') throw error;
    errors.push({ file: path, message });
    return undefined;
  }
};

/** Policies over several objects; places are found by reading again the few documents that have findings. */
const scanTogether = async (
  { readFile }: ScanDeps,
  { limits }: ScanOptions,
  context: EvaluationContext,
  objects: readonly ScannedObject[],
  texts: ReadonlyMap<string, string>,
  pause: () => Promise<void>,
): Promise<FileFinding[]> => {
  const cluster = createClusterIndex(objects.map(({ object }) => object));
  const byFile = new Map<string, Map<number, ReturnType<typeof evaluateObject>>>();
  for (const { object, file, document, path } of objects) {
    const found = evaluateObject(object, path, { ...context, cluster, part: 'cluster' });
    if (found.length > 0) {
      const documents = byFile.get(file) ?? new Map<number, typeof found>();
      byFile.set(file, documents.set(document, [...(documents.get(document) ?? []), ...found]));
    }
    await pause();
  }
  const placed: FileFinding[] = [];
  for (const [file, documents] of byFile) {
    const text = texts.get(file) ?? decodeText(await readFile(file));
    for (const read of readDocuments(text, limits)) {
      if (read.kind === 'document') placed.push(...(documents.get(read.index) ?? []).map((finding) => placeFinding(finding, read, file)));
      await pause();
    }
  }
  return placed;
};

const createPause = (clock: Clock, signal: AbortSignal): (() => Promise<void>) => {
  let lastMs = clock.monotonicMs();
  return async () => {
    if (clock.monotonicMs() - lastMs < YIELD_EVERY_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    lastMs = clock.monotonicMs();
    if (signal.aborted) throw new BellwetherError('cancelled', 'the scan was stopped');
  };
};

const byPlace = (a: FileFinding, b: FileFinding): number =>
  a.file === b.file
    ? a.line - b.line || a.column - b.column || compare(a.policy, b.policy) || compare(a.path, b.path)
    : compare(a.file, b.file);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const countBySeverity = (findings: readonly FileFinding[]): Record<Severity, number> =>
  Object.fromEntries(
    SEVERITIES.map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length]),
  ) as Record<Severity, number>;
