import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Kept of a child's output, to say why it ended. */
const TAIL_CHARACTERS = 4_000;
const STOP_GRACE_MS = 15_000;
/** Linux counts CPU time in hundredths of a second (USER_HZ). */
const TICKS_PER_SECOND = 100;

export interface Child {
  readonly pid: number;
  readonly alive: () => boolean;
  /** The end of what it wrote. */
  readonly tail: () => string;
  /** SIGTERM, and SIGKILL where that does not help in time. May be called twice. */
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a program that never outlives this process. */
export const startChild = (command: string, args: readonly string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}): Child => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  running.add(child);
  let tail = '';
  const keep = (chunk: Buffer): void => {
    tail = (tail + chunk.toString()).slice(-TAIL_CHARACTERS);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', (error) => keep(Buffer.from(error.message)));
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      running.delete(child);
      resolve();
    });
  });
  const alive = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? -1,
    alive,
    tail: () => tail,
    stop: async () => {
      if (alive()) child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
      await ended;
      clearTimeout(kill);
    },
  };
};

/** CPU seconds, user and system, that a process has used so far, all threads. */
export const cpuSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the name in parentheses and may hold spaces; utime and stime are the 12th and 13th after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
};

export interface Usage {
  /** CPU seconds so far. */
  readonly cpu: number;
  /** Resident memory now (VmRSS) and at its highest (VmHWM), bytes. */
  readonly rss: number;
  readonly peak: number;
}

/** What a process uses, without the processes it has started. */
export const usageOf = (pid: number): Usage => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) * 1024;
  return { cpu: cpuSeconds(pid), rss: bytes('VmRSS'), peak: bytes('VmHWM') };
};

/** Ports that were free a moment ago. */
export const freePorts = async (count: number): Promise<number[]> => {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};

/** Asks `probe` until it gives something; an error when the time is over or the child has ended. */
export const waitFor = async <T>(
  what: string,
  probe: () => Promise<T | undefined>,
  { child, timeoutMs, everyMs, signal }: { child: Child; timeoutMs: number; everyMs: number; signal: AbortSignal },
): Promise<T> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (!child.alive()) throw new Error(`the process ended while waiting for ${what}: ${child.tail()}`);
    if (Date.now() > deadline) throw new Error(`no ${what} within ${timeoutMs / 1000} s: ${child.tail()}`);
    await sleep(everyMs, undefined, { signal });
  }
};
