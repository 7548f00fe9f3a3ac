import { spawn } from 'node:child_process';
import { BellwetherError } from './error.ts';

export interface RunProgramOptions {
  /** After this time the program is killed. */
  readonly timeoutMs: number;
  /** More standard output than this is refused, and the program killed. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface ProgramResult {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  /** The last of it. */
  readonly stderr: string;
}

// What a program says last is why it failed.
const STDERR_BYTES = 4096;

/**
 * Runs a program of PATH without a shell, so that no argument is read as anything but an argument; its standard input is empty. Rejects
 * with `not_found` (no such program), `forbidden`, `timeout`, `too_large`, `cancelled`, `internal` (ended by a signal). An exit code other
 * than 0 is a result.
 */
export const runProgram = (
  name: string,
  args: readonly string[],
  { timeoutMs, maxBytes, signal }: RunProgramOptions,
): Promise<ProgramResult> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new BellwetherError('cancelled', `${name} was not started`));
      return;
    }
    const child = spawn(name, args, { shell: false, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    const chunks: Buffer[] = [];
    let size = 0;
    let stderr: Buffer = Buffer.alloc(0);
    const settle = (): void => {
      clearTimeout(overdue);
      signal?.removeEventListener('abort', onAbort);
    };
    // The pipes are closed here, not waited for: a child of the program may hold them open.
    const give = (error: BellwetherError): void => {
      settle();
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
      reject(error);
    };
    const onAbort = (): void => give(new BellwetherError('cancelled', `${name} was stopped`));
    const overdue = setTimeout(() => give(new BellwetherError('timeout', `${name} did not end within ${timeoutMs / 1000} s`)), timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) give(new BellwetherError('too_large', `${name} wrote more than ${maxBytes} bytes`));
      else chunks.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = Buffer.concat([stderr, chunk]).subarray(-STDERR_BYTES);
    });
    child.on('error', (error: NodeJS.ErrnoException) => give(startError(name, error)));
    child.on('close', (code, killedBy) => {
      settle();
      if (code === null) reject(new BellwetherError('internal', `${name} was ended by ${killedBy ?? 'a signal'}`));
      else resolve({ exitCode: code, stdout: Buffer.concat(chunks, size), stderr: stderr.toString('utf8').trim() });
    });
  });

const startError = (name: string, error: NodeJS.ErrnoException): BellwetherError => {
  if (error.code === 'ENOENT') return new BellwetherError('not_found', `there is no program ${name} on PATH`);
  if (error.code === 'EACCES') return new BellwetherError('forbidden', `${name} may not be run`);
  return new BellwetherError('internal', `cannot run ${name}: ${error.message}`, error);
};
