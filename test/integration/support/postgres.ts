import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

/** PostgreSQL does not run as root. */
const NOBODY = 65534;

export interface RunningPostgres {
  /** Of an empty database; each call makes another. */
  newDatabase(): Promise<string>;
  start(): Promise<void>;
  /** At once, as a crash would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** A PostgreSQL of its own on loopback. Without fsync: what is tested survives the end of a process, not of the machine. */
export const startPostgres = async (postgres: string, initdb: string): Promise<RunningPostgres> => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-postgres-'));
  const root = process.getuid?.() === 0;
  if (root) {
    chownSync(folder, NOBODY, NOBODY);
    chmodSync(folder, 0o700);
  }
  const as = root ? { uid: NOBODY, gid: NOBODY } : {};
  const data = join(folder, 'data');
  execFileSync(initdb, ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--no-sync'], { ...as, cwd: folder, stdio: 'ignore' });
  const port = await freePort();
  let server: ChildProcess | undefined;
  let databases = 0;
  const urlOf = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const sql = async (text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: urlOf('postgres') });
    // A server that goes while we say goodbye is no error of the test.
    client.on('error', () => undefined);
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  const start = async (): Promise<void> => {
    server = spawn(postgres, ['-D', data, '-c', 'fsync=off', '-p', String(port), '-h', '127.0.0.1', '-k', folder], {
      ...as,
      cwd: folder,
      stdio: 'ignore',
    });
    await until(
      'PostgreSQL',
      async () => {
        try {
          await sql('SELECT 1');
          return true;
        } catch {
          return undefined;
        }
      },
      { timeoutMs: 30_000, everyMs: 200 },
    );
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill(signal);
    await gone;
  };
  await start();
  return {
    newDatabase: async () => {
      const name = `t${++databases}`;
      await sql(`CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    start,
    // SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint, all children end, recovery at the next start.
    kill: () => end('SIGQUIT'),
    stop: async () => {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
