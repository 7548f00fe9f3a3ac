import { BellwetherError, toBellwetherError } from './error.ts';

/** What a command's exit code says; the help text prints this table. */
export const EXIT_CODES = { ok: 0, failed: 1, usage: 2 } as const;

/** The parts of a process that its lifecycle touches. */
export interface ProcessHost {
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
  exit(code: number): void;
  exitCode?: number | string | null | undefined;
  readonly stderr: { write(text: string): unknown };
}

export interface RunProcessOptions {
  /** How long `main` may take to stop after the first signal. */
  readonly graceMs?: number;
  readonly host?: ProcessHost;
}

// Below Kubernetes' default of 30 s, so that the message still gets out before SIGKILL.
const DEFAULT_GRACE_MS = 20_000;
// A forgotten timer, an open port or a kept connection must not hold a process that has failed, or was told to stop and has stopped.
const LINGER_MS = 1_000;
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;
// The caller's mistake, not ours: a code that scripts can tell apart. `not_found` is a path given on the command line.
const USAGE_CODES: ReadonlySet<string> = new Set(['invalid_config', 'invalid_input', 'not_found']);

/** An error for people: the message, then each cause in a line of its own that says something new. */
export const describeError = (thrown: unknown): string => {
  const lines: string[] = [];
  for (let error: unknown = thrown; error instanceof Error; error = error.cause) {
    const text = error.message || error.name;
    if (!lines.some((line) => line.includes(text))) lines.push(lines.length === 0 ? text : `  because: ${text}`);
  }
  return lines.length > 0 ? lines.join('\n') : String(thrown);
};

/** Being told to stop is not a failure: AbortError is what Node's own functions reject with, by name because it is a DOMException. */
const isCancellation = (thrown: unknown): boolean =>
  toBellwetherError(thrown).code === 'cancelled' || (thrown as { name?: unknown } | undefined)?.name === 'AbortError';

/** The exit code that an error stands for. */
export const exitCodeOf = (thrown: unknown): number =>
  thrown instanceof BellwetherError && USAGE_CODES.has(thrown.code) ? EXIT_CODES.usage : EXIT_CODES.failed;

/**
 * Runs a command from start to end. The first SIGTERM or SIGINT aborts the signal and gives `main` time to stop; a second one, or the
 * end of that time, ends the process. An error becomes a message on standard error and an exit code; an unexpected one also its stack.
 */
export const runProcess = async (main: (signal: AbortSignal) => Promise<void>, options: RunProcessOptions = {}): Promise<void> => {
  const host = options.host ?? process;
  const graceMs = options.graceMs ?? DEFAULT_GRACE_MS;
  const stop = new AbortController();
  let overdue: NodeJS.Timeout | undefined;
  let failed = false;

  const fail = (thrown: unknown): void => {
    host.stderr.write(`bellwether: ${describeError(thrown)}\n`);
    const error = toBellwetherError(thrown);
    if (error.code === 'internal' && error.cause instanceof Error) host.stderr.write(`${error.cause.stack ?? ''}\n`);
  };
  const crash = (thrown: unknown): void => {
    fail(thrown);
    host.exit(EXIT_CODES.failed);
  };
  const onSignal = (code: number) => (): void => {
    if (stop.signal.aborted) {
      host.exit(code);
      return;
    }
    stop.abort();
    overdue = setTimeout(() => {
      host.stderr.write(`bellwether: still running ${graceMs / 1000} s after the signal, giving up\n`);
      host.exit(code);
    }, graceMs);
    overdue.unref();
  };
  const listeners = [
    ...Object.entries(SIGNALS).map(([name, code]) => [name, onSignal(code)] as const),
    ['unhandledRejection', crash] as const,
    ['uncaughtException', crash] as const,
  ];
  for (const [event, listener] of listeners) host.on(event, listener);
  try {
    await main(stop.signal);
  } catch (thrown) {
    const stopped = stop.signal.aborted && isCancellation(thrown);
    if (!stopped) {
      failed = true;
      fail(thrown);
      host.exitCode = exitCodeOf(thrown);
    }
  } finally {
    clearTimeout(overdue);
    for (const [event, listener] of listeners) host.off(event, listener);
    if (stop.signal.aborted || failed) setTimeout(() => host.exit(Number(host.exitCode ?? EXIT_CODES.ok)), LINGER_MS).unref();
  }
};
