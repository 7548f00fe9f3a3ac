import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HEALTH = fileURLToPath(new URL('../../../../docs/gitops/argocd/health.yaml', import.meta.url));

/** What Argo CD's engine says of a synchronisation, or of the health of an object. */
export interface ArgoAnswer {
  readonly done: boolean;
  /** How often it had to look before the last wave was well. */
  readonly looks?: number;
  readonly results?: Readonly<Record<string, string>>;
  readonly error?: string;
  readonly status?: string;
  readonly message?: string;
}

/** Argo CD's engine (tools/go/gitops-engine) with the health scripts of docs/gitops. */
export interface ArgoEngine {
  /** Brings the cluster to these manifests and nothing else of ours. */
  synchronise(manifests: string): Promise<ArgoAnswer>;
  health(object: unknown): Promise<ArgoAnswer>;
  stop(): void;
}

export const startArgoEngine = (program: string, kubeconfig?: string): ArgoEngine => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-argo-'));
  const options = [`--health=${HEALTH}`, '--namespace=bellwether', ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`])];
  const child = spawn(program, options, { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints = (complaints + String(chunk)).slice(-4000);
  });
  const waiting: { resolve(answer: ArgoAnswer): void; reject(error: Error): void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line) as ArgoAnswer));
  child.on('exit', (code) => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`the engine ended with ${code}: ${complaints}`));
  });
  let asked = 0;
  const ask = (command: string, text: string): Promise<ArgoAnswer> =>
    new Promise((resolve, reject) => {
      const path = join(folder, `${asked++}.yaml`);
      writeFileSync(path, text);
      waiting.push({ resolve, reject });
      child.stdin.write(`${command} ${path}\n`);
    });
  return {
    synchronise: (manifests) => ask('sync', manifests),
    health: (object) => ask('health', JSON.stringify(object)),
    stop: () => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
