import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import type { AdmissionConfigInput } from '../../../src/admission/index.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const NAMESPACE = 'bellwether';
// Loading TypeScript takes seconds on a busy machine.
const START_TIMEOUT_MS = 60_000;

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly webhooks?: readonly { readonly clientConfig: { readonly service: { readonly path: string } } }[];
}

/** One replica of the webhook as a process of its own, with the rights of its service account and no others. */
export interface AdmissionReplica {
  readonly log: () => string;
  metrics(): Promise<string>;
  /** Puts other policies into the configuration file. */
  reconfigure(config: AdmissionConfigInput): void;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface AdmissionStage {
  readonly plane: ControlPlane;
  /** Address under which the API server asks. */
  readonly port: number;
  start(config?: AdmissionConfigInput): Promise<AdmissionReplica>;
  /** Changes the rendered webhooks and applies them again. */
  applyWebhooks(change?: (hook: object) => object): void;
  stop(): Promise<void>;
}

const rendered = (file: string): readonly Manifest[] => loadAll(readFileSync(join(ROOT, 'manifests/base', file), 'utf8')) as Manifest[];

/** A real API server with the rendered manifests of the webhook; only its address is another one, since there is no network of services. */
export const startAdmissionStage = async (programs: { etcd: string; apiserver: string; kubectl: string }): Promise<AdmissionStage> => {
  const plane = await startControlPlane(programs);
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-admission-'));
  const running = new Set<ChildProcess>();
  const apply = (objects: readonly object[]): void => {
    plane.kubectl(
      ['apply', '--server-side', '--force-conflicts', '-f', '-'],
      objects.map((object) => JSON.stringify(object)).join('\n---\n'),
    );
  };
  const hasKind =
    (...kinds: string[]) =>
    ({ kind }: Manifest): boolean =>
      kinds.includes(kind);
  apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }]);
  apply(rendered('custom-resources.yaml'));
  plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
  const admission = rendered('admission.yaml');
  apply(
    admission.filter(
      hasKind(
        'ServiceAccount',
        'Role',
        'RoleBinding',
        'ClusterRole',
        'ClusterRoleBinding',
        'ValidatingAdmissionPolicy',
        'ValidatingAdmissionPolicyBinding',
      ),
    ),
  );
  const token = plane.kubectl(['create', 'token', 'bellwether-admission', '-n', NAMESPACE, '--duration=1h']).trim();
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'own',
      clusters: [{ name: 'own', cluster: { server: plane.url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'own', user: { token } }],
      contexts: [{ name: 'own', context: { cluster: 'own', user: 'own', namespace: NAMESPACE } }],
    }),
  );

  const applyWebhooks = (change: (hook: object) => object = (hook) => hook): void => {
    const configurations = admission.filter(hasKind('ValidatingWebhookConfiguration'));
    apply(
      configurations.map((one) => ({
        ...one,
        webhooks: (one.webhooks ?? []).map(({ clientConfig, ...hook }) => ({
          ...change(hook),
          clientConfig: { url: `https://127.0.0.1:${port}${clientConfig.service.path}` },
        })),
      })),
    );
  };

  const start = async (config: AdmissionConfigInput = {}): Promise<AdmissionReplica> => {
    const file = join(folder, 'bellwether.yaml');
    const whole = (given: AdmissionConfigInput): string =>
      JSON.stringify({ ...given, certificates: { ipAddresses: ['127.0.0.1'], checkSeconds: 0.5, ...given.certificates } });
    writeFileSync(file, whole(config));
    const selfPort = await freePort();
    const args = ['admission', '--config', file, '--kubeconfig', kubeconfig, '--port', String(port), '--self-port', String(selfPort)];
    const child = spawn(process.execPath, [join(ROOT, 'bin/bellwether.mjs'), ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    running.add(child);
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += String(chunk);
    });
    const ended = once(child, 'exit').then(() => void running.delete(child));
    // A connection that was kept may have been closed while the test was busy elsewhere: once more then.
    const ask = (path: string) => fetch(`http://127.0.0.1:${selfPort}${path}`);
    const self = (path: string) => ask(path).catch(() => ask(path));
    const isReady = async (): Promise<true | undefined> => {
      if (child.exitCode !== null) throw new Error(`the webhook ended:\n${text}`);
      return (await self('/readyz').catch(() => undefined))?.ok ? true : undefined;
    };
    await until('ready webhook', isReady, { timeoutMs: START_TIMEOUT_MS, everyMs: 100 });
    const end = async (signal: NodeJS.Signals): Promise<void> => {
      child.kill(signal);
      await ended;
    };
    return {
      log: () => text,
      metrics: async () => (await self('/metrics')).text(),
      reconfigure: (next) => writeFileSync(file, whole(next)),
      kill: () => end('SIGKILL'),
      stop: () => end('SIGTERM'),
    };
  };

  return {
    plane,
    port,
    start,
    applyWebhooks,
    stop: async () => {
      for (const child of running) child.kill('SIGKILL');
      await plane.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
