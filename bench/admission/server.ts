import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAuthority, issueCertificate } from '../../src/platform/index.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_TIMEOUT_MS = 30_000;
const DAY_MS = 86_400_000;

export interface BenchServer {
  readonly url: string;
  readonly ca: string;
  /** From the start of the process until `/readyz` said yes. */
  readonly startMs: number;
  residentMb(): number;
  cpuSeconds(): number;
  stop(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** What is shipped: the bundle in dist/, made anew. */
export const buildProgram = (): string => {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/build.mjs')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the build failed: ${stderr}`);
  return join(ROOT, 'dist/bellwether.mjs');
};

/** The webhook as a process of its own, without an API server. */
export const startServer = async (program: string, policy: object): Promise<BenchServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-admission-'));
  const validity = { fromMs: Date.now(), tillMs: Date.now() + DAY_MS };
  const authority = await createAuthority('bench', validity);
  const leaf = await issueCertificate(authority, {
    commonName: 'webhook',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    ...validity,
  });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const [port, selfPort] = [await freePort(), await freePort()];
  const args = [
    'admission',
    '--offline',
    ...['--config', file('config.yaml', JSON.stringify({ policy }))],
    ...['--cert', file('tls.crt', leaf.certificate), '--key', file('tls.key', leaf.key)],
    ...['--port', String(port), '--self-port', String(selfPort), '--log-level', 'error'],
  ];
  const beganMs = performance.now();
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const isReady = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${selfPort}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null || performance.now() - beganMs > START_TIMEOUT_MS) throw new Error('the webhook did not start');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const proc = (name: string): string => readFileSync(`/proc/${child.pid}/${name}`, 'utf8');
  return {
    url: `https://127.0.0.1:${port}/validate`,
    ca: authority.certificate,
    startMs: performance.now() - beganMs,
    residentMb: () => Number(/VmRSS:\s+(\d+)/.exec(proc('status'))?.[1]) / 1024,
    // Fields 14 and 15 of stat, in hundredths of a second.
    cpuSeconds: () => {
      const fields = proc('stat').split(') ')[1]!.split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
};
