// Shared by all benches: the same head on every result, so that a figure in the README can be traced to its input and machine.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, release, totalmem } from 'node:os';

export interface BenchInput {
  readonly name: string;
  /** A file, or a description of generated input that decides every byte of it (sizes, seed). */
  readonly source: { readonly file: string } | { readonly text: string } | { readonly bytes: Uint8Array };
}

export interface BenchHead {
  readonly bench: string;
  readonly seed?: number;
  readonly inputs?: readonly BenchInput[];
  /** Versions of other programs in the comparison: `{prometheus: '3.x'}`. */
  readonly versions?: Readonly<Record<string, string>>;
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What counts as reached. Without a bar the line is information. */
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** SHA-256 of an input, as hex. */
export const hashOf = async ({ source }: BenchInput): Promise<string> => {
  const hash = createHash('sha256');
  if ('text' in source) return hash.update(source.text).digest('hex');
  if ('bytes' in source) return hash.update(source.bytes).digest('hex');
  for await (const chunk of createReadStream(source.file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

const packageVersion = (name: string): string => {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return version;
};

const revision = (): string => {
  if (!existsSync(new URL('../.git', import.meta.url))) return 'no checkout';
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: new URL('..', import.meta.url), encoding: 'utf8' }).trim();
    return `${git('rev-parse', '--short=12', 'HEAD')}${git('status', '--porcelain', '--untracked-files=no') ? ' with local changes' : ''}`;
  } catch {
    return 'unknown';
  }
};

/** The machine and the versions, one `name: value` per line. */
export const machineLines = (): string[] => {
  const [cpu] = cpus();
  return [
    `machine: ${cpu?.model.trim() ?? 'unknown'}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    `system: ${process.platform} ${release()} ${arch()}, node ${process.versions.node}`,
    `bellwether: ${revision()}, onnxruntime-node ${packageVersion('onnxruntime-node')}`,
  ];
};

/** Prints the head of a result: bench, seed, machine, versions, inputs with their hashes. */
export const printHead = async ({ bench, seed, inputs = [], versions = {} }: BenchHead): Promise<void> => {
  console.log(`bench: ${bench}${seed === undefined ? '' : `, seed ${seed}`}`);
  for (const line of machineLines()) console.log(line);
  for (const [name, version] of Object.entries(versions)) console.log(`${name}: ${version}`);
  for (const input of inputs) console.log(`input: ${input.name}, sha256 ${await hashOf(input)}`);
  console.log('');
};

const reached = ({ value, atMost, atLeast }: Bar): boolean =>
  (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);

const formatNumber = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString();

/** Prints one measured figure with its bar. Gives back whether the bar was reached. */
export const printBar = (bar: Bar): boolean => {
  const limits = [
    bar.atMost === undefined ? '' : `at most ${formatNumber(bar.atMost)}`,
    bar.atLeast === undefined ? '' : `at least ${formatNumber(bar.atLeast)}`,
  ].filter(Boolean);
  const verdict = limits.length === 0 ? '' : `   ${reached(bar) ? 'ok' : 'MISSED'} (${limits.join(', ')} ${bar.unit})`;
  console.log(`${bar.name.padEnd(44)} ${formatNumber(bar.value).padStart(12)} ${bar.unit}${verdict}`);
  return reached(bar);
};

/** Wall and CPU time of a piece of work, milliseconds. */
export const measure = async <T>(
  work: () => Promise<T> | T,
): Promise<{ readonly result: T; readonly wallMs: number; readonly cpuMs: number }> => {
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, wallMs: performance.now() - startMs, cpuMs: (user + system) / 1000 };
};

/** The middle value; of an even count the upper one. */
export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
