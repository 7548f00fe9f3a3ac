import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dump, loadAll } from 'js-yaml';
import type { KubernetesObject } from '../../../synth/bundle-objects.ts';
import { startProgram } from '../control-plane.ts';
import { freePort } from '../free-port.ts';
import { until } from '../until.ts';
import type { GitopsCluster } from './gitops-cluster.ts';

const EXAMPLES = fileURLToPath(new URL('../../../../docs/gitops/flux', import.meta.url));
const SYNC_MS = 240_000;
const LONG_AGO = '2026-01-01T00:00:00Z';
const READY = [
  { type: 'Ready', status: 'True', reason: 'Succeeded', message: 'stored', lastTransitionTime: LONG_AGO, observedGeneration: 1 },
];

/** Flux's kustomize-controller, with the objects of docs/gitops/flux; what source-controller would fetch is given to it on loopback. */
export interface Flux {
  /** Gives it a tree as its source; `manifests` lies below. */
  publish(folder: string): void;
  /** Points the Kustomization at an overlay and waits until all of it is ready. */
  reconcile(overlay: string, extra?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Deletes the Kustomization, which prunes. */
  remove(): void;
  stop(): Promise<void>;
}

export const exampleOf = (kind: string): KubernetesObject => {
  const texts = readdirSync(EXAMPLES).map((file) => readFileSync(join(EXAMPLES, file), 'utf8'));
  const found = texts.flatMap((text) => loadAll(text) as KubernetesObject[]).find((object) => object.kind === kind);
  if (!found) throw new Error(`no example of ${kind}`);
  return found;
};

interface Status {
  readonly lastHandledReconcileAt?: string;
  readonly lastAppliedRevision?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
}

export const startFlux = async (program: string, { plane }: Pick<GitopsCluster, 'plane'>): Promise<Flux> => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-flux-'));
  const tarballs = new Map<string, Buffer>();
  let revision = '';
  const server = createServer((request, response) => response.end(tarballs.get(request.url ?? '') ?? ''));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  plane.kubectl(['apply', '--server-side', '-f', '-'], dump(exampleOf('GitRepository')));
  const controller = startProgram(
    program,
    [
      '--enable-leader-election=false',
      '--metrics-addr=127.0.0.1:0',
      `--health-addr=127.0.0.1:${await freePort()}`,
      '--watch-all-namespaces=true',
    ],
    { ...process.env, KUBECONFIG: plane.kubeconfig, RUNTIME_NAMESPACE: 'flux-system' },
  );
  const inFlux = ['bellwether', '-n', 'flux-system'];
  const statusNow = (): Status =>
    (JSON.parse(plane.kubectl(['get', 'kustomization', ...inFlux, '-o', 'json'])) as { status?: Status }).status ?? {};

  return {
    publish: (source) => {
      const packed = join(folder, `packed-${tarballs.size}`);
      cpSync(join(source, 'manifests'), join(packed, 'manifests'), { recursive: true });
      const tarball = execFileSync('tar', ['-cz', '-C', packed, '.'], { maxBuffer: 2 ** 26 });
      const digest = createHash('sha256').update(tarball).digest('hex');
      const path = `/${digest}.tar.gz`;
      tarballs.set(path, tarball);
      revision = `v0.1.0@sha1:${digest.slice(0, 40)}`;
      const url = `http://127.0.0.1:${port}${path}`;
      const artifact = { digest: `sha256:${digest}`, lastUpdateTime: LONG_AGO, path: path.slice(1), revision, size: tarball.length, url };
      const status = JSON.stringify({ status: { artifact, conditions: READY, observedGeneration: 1 } });
      plane.kubectl(['patch', 'gitrepository', ...inFlux, '--subresource=status', '--type=merge', '-p', status]);
    },
    reconcile: async (overlay, extra = {}) => {
      const kustomization = exampleOf('Kustomization');
      const spec = { ...(kustomization.spec as object), path: `./manifests/overlays/${overlay}`, ...extra };
      plane.kubectl(['apply', '--server-side', '-f', '-'], dump({ ...kustomization, spec }));
      const asked = String(performance.now());
      plane.kubectl(['annotate', '--overwrite', 'kustomization', ...inFlux, `reconcile.fluxcd.io/requestedAt=${asked}`]);
      let last: Status = {};
      const isDone = (): true | undefined => {
        controller.assertAlive();
        last = statusNow();
        const ready = last.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
        return last.lastHandledReconcileAt === asked && last.lastAppliedRevision === revision && ready ? true : undefined;
      };
      try {
        await until('reconciliation', isDone, { timeoutMs: SYNC_MS, everyMs: 300 });
      } catch (cause) {
        throw new Error(`${overlay} is not reconciled: ${JSON.stringify(last.conditions)}`, { cause });
      }
    },
    remove: () => void plane.kubectl(['delete', 'kustomization', ...inFlux, '--wait=true', '--timeout=60s']),
    stop: async () => {
      await controller.stop();
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
