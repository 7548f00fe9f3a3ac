import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReceiverConfigInput } from '../../../src/receiver/index.ts';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

const BIN = fileURLToPath(new URL('../../../bin/bellwether.mjs', import.meta.url));
/** Loading TypeScript takes seconds on a busy machine. */
const START_TIMEOUT_MS = 90_000;
const ROLES = ['sender', 'viewer', 'responder', 'admin'] as const;
type Role = (typeof ROLES)[number];

export type Json = Readonly<Record<string, unknown>>;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A receiver as a user runs it, on ports that stay the same over restarts. */
export interface ReceiverProcess {
  readonly api: string;
  readonly self: string;
  readonly storePath: string;
  readonly senderToken: string;
  output(): string;
  /** Resolves once it listens; the store is opened after that. */
  start(): Promise<void>;
  untilReady(): Promise<void>;
  /** At once, as by an out-of-memory killer. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Ends it and removes its files. */
  discard(): Promise<void>;
  get(path: string): Promise<Json>;
  send(path: string, body: unknown, role?: Role): Promise<{ readonly status: number; readonly json: Json }>;
  metric(series: string): Promise<number | undefined>;
}

/** `program`: instead of the checkout, for example what `npm run build` made, which starts in a fifth of the time. */
export const receiverProcess = async (
  input: ReceiverConfigInput,
  env: NodeJS.ProcessEnv = {},
  program: string = BIN,
): Promise<ReceiverProcess> => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-receiver-'));
  const storePath = join(folder, 'alerts.db');
  const [apiPort, selfPort] = [await freePort(), await freePort()];
  const config: ReceiverConfigInput = {
    ...input,
    store: { ...(input.store?.postgresUrlFile === undefined ? { path: storePath } : {}), ...input.store },
    listen: { apiPort, selfPort },
    auth: {
      tokens: ROLES.map((role) => ({ name: role, role, sha256: createHash('sha256').update(role).digest('hex') })),
      requestsPerSecond: 10_000,
    },
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'receiver.yaml'), JSON.stringify(config));
  const [api, self] = [`http://127.0.0.1:${apiPort}`, `http://127.0.0.1:${selfPort}`];
  let child: ChildProcess | undefined;
  let tail = '';

  const answers = async (path: string): Promise<true | undefined> => {
    if (child?.exitCode !== null) throw new Error(`the receiver ended:\n${tail}`);
    return await fetch(`${self}${path}`).then(
      ({ ok }) => (ok ? true : undefined),
      () => undefined,
    );
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = child;
    if (!ended || ended.exitCode !== null || ended.signalCode !== null) return;
    const gone = once(ended, 'exit');
    ended.kill(signal);
    await gone;
    running.delete(ended);
  };
  const receiver: ReceiverProcess = {
    api,
    self,
    storePath,
    senderToken: 'sender',
    output: () => tail,
    start: async () => {
      child = spawn(process.execPath, [program, 'receiver', '--config', join(folder, 'receiver.yaml')], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, ...env },
      });
      running.add(child);
      child.stderr?.on('data', (chunk: Buffer) => {
        tail = (tail + chunk.toString()).slice(-20_000);
      });
      await until('receiver that listens', () => answers('/healthz'), { timeoutMs: START_TIMEOUT_MS, everyMs: 25 });
    },
    untilReady: async () => {
      await until('ready receiver', () => answers('/readyz'), { timeoutMs: START_TIMEOUT_MS, everyMs: 25 });
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    discard: async () => {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
    get: async (path) => {
      const response = await fetch(`${api}${path}`, { headers: { authorization: 'Bearer viewer' } });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as Json;
    },
    send: async (path, body, role = 'responder') => {
      const response = await fetch(`${api}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${role}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      return { status: response.status, json: text.startsWith('{') ? (JSON.parse(text) as Json) : {} };
    },
    metric: async (series) => {
      const text = await (await fetch(`${self}/metrics`)).text();
      const line = text.split('\n').find((one) => one.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1));
    },
  };
  return receiver;
};
