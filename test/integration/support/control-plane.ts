import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

const START_TIMEOUT_MS = 60_000;
const STORE_ATTEMPTS = 3;
const TOKEN = 'test-admin';

export interface ControlPlanePrograms {
  readonly etcd: string;
  readonly apiserver: string;
  /** The API server alone where absent. */
  readonly controllers?: string;
  readonly kubectl: string;
  /** Names of the controllers that run; all that are on by default where absent. */
  readonly only?: readonly string[];
}

/** A real API server with its controllers, without nodes: objects are checked, defaulted, garbage-collected, and pods are made but never run. */
export interface ControlPlane {
  readonly url: string;
  readonly kubeconfig: string;
  /** Standard output of kubectl; throws with its error output. */
  kubectl(args: readonly string[], input?: string): string;
  /** The same with whatever it says, also where it fails. */
  attempt(args: readonly string[], input?: string): { readonly ok: boolean; readonly stdout: string; readonly stderr: string };
  /** Ends the API server and starts it again on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const TAIL_CHARACTERS = 20_000;

/**
 * Starts a program whose last words are told when it ends too early. It writes to a file: nobody reads a pipe while this process waits for a kubectl,
 * and a program that cannot write its log stands still.
 */
export const startProgram = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-log-'));
  const file = join(folder, 'log');
  const log = openSync(file, 'w');
  const child = spawn(program, args, { stdio: ['ignore', log, log], env });
  closeSync(log);
  running.add(child);
  const output = (): string => readFileSync(file, 'utf8').slice(-TAIL_CHARACTERS);
  let last: string | undefined;
  const ended = once(child, 'exit').then(() => {
    running.delete(child);
    last = output();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    output: (): string => last ?? output(),
    signal: (signal: NodeJS.Signals): void => void child.kill(signal),
    assertAlive: (): void => {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}:\n${last ?? output()}`);
    },
    stop: async (): Promise<void> => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(timer);
    },
  };
};

const kubeconfigText = (url: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'test', user: { token: TOKEN } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  });

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** Starts etcd, again on other ports where somebody took one in between. */
const startStore = async (etcd: string, folder: string) => {
  for (let attempt = 1; ; attempt++) {
    const [client, peer] = [await freePort(), await freePort()];
    const store = startProgram(etcd, [
      `--data-dir=${join(folder, `etcd-${attempt}`)}`,
      `--listen-client-urls=http://127.0.0.1:${client}`,
      `--advertise-client-urls=http://127.0.0.1:${client}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ]);
    try {
      await until(
        'etcd',
        async () => {
          store.assertAlive();
          return (await isListening(client)) || undefined;
        },
        { timeoutMs: START_TIMEOUT_MS },
      );
      return { store, client };
    } catch (error) {
      if (attempt === STORE_ATTEMPTS || !store.output().includes('address already in use')) throw error;
    }
  }
};

export const startControlPlane = async ({
  etcd,
  apiserver,
  controllers,
  kubectl,
  only = ['*'],
}: ControlPlanePrograms): Promise<ControlPlane> => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-cluster-'));
  const { store, client } = await startStore(etcd, folder);
  const secure = await freePort();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = join(folder, 'sa.key');
  writeFileSync(key, privateKey.export({ type: 'pkcs1', format: 'pem' }));
  writeFileSync(join(folder, 'tokens.csv'), `${TOKEN},admin,admin,"system:masters"\n`);
  const url = `https://127.0.0.1:${secure}`;
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigText(url));

  const serverArgs = [
    `--etcd-servers=http://127.0.0.1:${client}`,
    `--cert-dir=${join(folder, 'certs')}`,
    `--secure-port=${secure}`,
    '--bind-address=127.0.0.1',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    // Nobody stands behind a Service here: on loopback a call is refused at once, as kube-proxy does, and does not run into its time limit.
    '--service-cluster-ip-range=127.96.0.0/24',
    '--allow-privileged=true',
  ];
  let server = startProgram(apiserver, serverArgs);
  const attempt: ControlPlane['attempt'] = (args, input) => {
    const { status, stdout, stderr } = spawnSync(kubectl, [`--kubeconfig=${kubeconfig}`, ...args], {
      encoding: 'utf8',
      input,
      maxBuffer: 2 ** 26,
      timeout: 120_000,
    });
    return { ok: status === 0, stdout, stderr };
  };
  const run = (args: readonly string[], input?: string): string => {
    const { ok, stdout, stderr } = attempt(args, input);
    if (!ok) throw new Error(`kubectl ${args.slice(0, 4).join(' ')} failed:\n${stderr.slice(0, 8000)}`);
    return stdout;
  };
  const isReady = (): true | undefined => {
    store.assertAlive();
    server.assertAlive();
    return spawnSync(kubectl, [`--kubeconfig=${kubeconfig}`, 'get', '--raw=/readyz'], { encoding: 'utf8' }).stdout === 'ok'
      ? true
      : undefined;
  };
  const waitUntilReady = () => until('ready API server', isReady, { timeoutMs: START_TIMEOUT_MS, everyMs: 300 });
  await waitUntilReady();
  const managerArgs = [
    `--kubeconfig=${kubeconfig}`,
    `--service-account-private-key-file=${key}`,
    '--leader-elect=false',
    `--controllers=${only.join(',')}`,
    `--secure-port=${await freePort()}`,
    '--bind-address=127.0.0.1',
    // Root of the API server's own certificate, which pods would trust.
    `--root-ca-file=${join(folder, 'certs', 'apiserver.crt')}`,
  ];
  const manager = controllers === undefined ? undefined : startProgram(controllers, managerArgs);
  return {
    url,
    kubeconfig,
    kubectl: run,
    attempt,
    restart: async () => {
      await server.stop();
      server = startProgram(apiserver, serverArgs);
      await waitUntilReady();
    },
    stop: async () => {
      await manager?.stop();
      await server.stop();
      await store.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** A folder of CRDs; `names` keeps the files whose name holds one of them. */
export type CrdFolder = readonly [folder: string, names: readonly string[]];

/** Schemas of custom kinds, all at once. */
export const applyCrdFolders = async (plane: ControlPlane, folders: readonly CrdFolder[]): Promise<void> => {
  const files = folders.flatMap(([folder, names]) =>
    readdirSync(folder)
      .filter((file) => names.some((name) => file.includes(name)))
      .map((file) => join(folder, file)),
  );
  plane.kubectl(['apply', '--server-side', ...files.map((file) => `--filename=${file}`)]);
  const areKnown = (): true | undefined => {
    try {
      // Fails where one has no condition yet.
      plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
      return true;
    } catch {
      return undefined;
    }
  };
  await until('kinds that the API server knows', areKnown, { timeoutMs: START_TIMEOUT_MS, everyMs: 300 });
};

export const applyCrds = (plane: ControlPlane, ...folder: CrdFolder): Promise<void> => applyCrdFolders(plane, [folder]);
