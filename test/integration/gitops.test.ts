import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dump, loadAll } from 'js-yaml';
import { WAVES } from '../../src/synth/charts/labels.ts';
import type { KubernetesObject } from '../synth/bundle-objects.ts';
import { describeWith, toolFiles } from './real-program.ts';
import { applyCrds, startControlPlane, startProgram } from './support/control-plane.ts';
import { freePort } from './support/free-port.ts';
import { startObligingCluster } from './support/obliging-cluster.ts';
import { until } from './support/until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OVERLAYS = ['kube-prometheus-stack', 'kube-prometheus', 'minimal'];
/** The engine needs minutes for each; the one with most kinds and namespaces stands for all, unless ALL_OVERLAYS asks for them. */
const ENGINE_OVERLAYS = process.env.ALL_OVERLAYS ? OVERLAYS : ['kube-prometheus'];
const SYNC_MS = 90_000;
/** More than there are waves, and some for objects that take their time to go. */
const ROUNDS = 12;
const LOOKS_WITHOUT_NEWS = 4;
const WAVE = 'argocd.argoproj.io/sync-wave';

interface Stored extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly resourceVersion: string; readonly creationTimestamp: string };
}

const PLANE = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;

/** An API server with what the bundle needs of others, and helpers around one rendered overlay. */
const startCluster = async ([etcd = '', apiserver = '', controllers = '', kubectl = '']: readonly string[]) => {
  // No controller that would make pods or judge Deployments: nodes to run them are not here.
  const only = ['namespace-controller', 'garbage-collector-controller', 'persistentvolumeclaim-protection-controller'];
  const plane = await startControlPlane({ etcd, apiserver, controllers, kubectl, only });
  await applyCrds(plane, toolFiles('prometheus-operator-crds'), ['servicemonitors', 'prometheusrules', 'alertmanagerconfigs']);
  plane.kubectl(['create', 'namespace', 'monitoring']);
  const stored = (text: string): readonly Stored[] | undefined => {
    try {
      return (JSON.parse(plane.kubectl(['get', '-f', '-', '-o', 'json'], text)) as { items: Stored[] }).items;
    } catch {
      return undefined;
    }
  };
  return {
    plane,
    stored,
    render: (overlay: string): string => plane.kubectl(['kustomize', `${ROOT}manifests/overlays/${overlay}`]),
    versions: (text: string) => (stored(text) ?? []).map(({ kind, metadata }) => [kind, metadata.name, metadata.resourceVersion]),
    isGone: (text: string): true | undefined =>
      (loadAll(text) as KubernetesObject[]).every(({ kind, metadata }) => {
        const scope = metadata.namespace === undefined ? [] : ['-n', metadata.namespace];
        return plane.kubectl(['get', kind, metadata.name, ...scope, '--ignore-not-found', '-o', 'name']) === '';
      }) || undefined,
    edit: (): void => {
      plane.kubectl([
        'patch',
        'service',
        'bellwether-exporter',
        '-n',
        'bellwether',
        '--type=merge',
        '-p',
        '{"spec":{"selector":{"app.kubernetes.io/name":"mine"}}}',
      ]);
    },
    selector: (): string => plane.kubectl(['get', 'service', 'bellwether-exporter', '-n', 'bellwether', '-o', 'jsonpath={.spec.selector}']),
  };
};
type Cluster = Awaited<ReturnType<typeof startCluster>>;

describeWith([...PLANE, 'gitops-engine'], "Argo CD's engine", (...programs) => {
  let cluster: Cluster;
  let oblige: () => Promise<void>;
  let repository: string;
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', repository, '-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], { encoding: 'utf8' });
  const commit = (text: string): void => {
    writeFileSync(join(repository, 'overlay.yaml'), text);
    git('add', '.');
    git('commit', '--quiet', '--allow-empty', '-m', 'state');
  };
  /**
   * One synchronisation by the engine's agent, which looks at the cluster only once, at its start: where an object of an earlier wave is
   * new it waits for ever, and is ended here. Argo CD itself looks again each time. Gives back whether it came to its end.
   */
  const synchronise = async (): Promise<boolean> => {
    const agent = startProgram(programs[4] ?? '', [
      repository,
      `--kubeconfig=${cluster.plane.kubeconfig}`,
      '--default-namespace=bellwether',
      '--resync-seconds=3600',
      `--port=${await freePort()}`,
    ]);
    // Each look at the state of things is a line; without news after several there will be none.
    const outcomeNow = (): 'done' | 'stuck' | undefined => {
      const text = agent.output();
      if (/RESOURCE\s+RESULT/.test(text)) return 'done';
      const news = text.lastIndexOf('Updating operation state');
      return news >= 0 && text.slice(news).split('"Syncing"').length - 1 >= LOOKS_WITHOUT_NEWS ? 'stuck' : undefined;
    };
    try {
      return (await until('outcome of a synchronisation', outcomeNow, { timeoutMs: SYNC_MS })) === 'done';
    } finally {
      await agent.stop();
    }
  };
  const synchroniseUntil = async <T>(what: string, probe: () => T | undefined): Promise<T> => {
    for (let round = 0; round < ROUNDS; round++) {
      await synchronise();
      const found = probe();
      if (found !== undefined) return found;
    }
    throw new Error(`no ${what} after ${ROUNDS} synchronisations`);
  };

  beforeAll(async () => {
    cluster = await startCluster(programs);
    oblige = startObligingCluster(cluster.plane, 'bellwether');
    repository = mkdtempSync(join(tmpdir(), 'bellwether-git-'));
    git('init', '--quiet');
    commit('');
  });
  afterAll(async () => {
    await oblige?.();
    await cluster?.plane.stop();
    if (repository) rmSync(repository, { recursive: true });
  });

  it.each(ENGINE_OVERLAYS)(
    'brings %s in order, then has nothing to do, heals a hand edit, and prunes all and only ours',
    async (overlay) => {
      const { plane, render, stored, versions, isGone, edit, selector } = cluster;
      const text = render(overlay);
      const count = loadAll(text).length;
      commit(text);
      const objects = await synchroniseUntil('all objects', () => (stored(text)?.length === count ? stored(text) : undefined));

      const begun = (wave: string): number[] =>
        objects
          .filter(({ metadata }) => metadata.annotations?.[WAVE] === wave)
          .map(({ metadata }) => Date.parse(metadata.creationTimestamp));
      const [foundation, access, processes, monitoring] = Object.values(WAVES).map(begun) as [number[], number[], number[], number[]];
      expect(Math.max(...foundation)).toBeLessThanOrEqual(Math.min(...access));
      expect(Math.max(...access)).toBeLessThanOrEqual(Math.min(...processes));
      if (monitoring.length > 0) expect(Math.max(...processes)).toBeLessThanOrEqual(Math.min(...monitoring));

      expect(await synchronise()).toBe(true);
      const before = versions(text);
      expect(await synchronise()).toBe(true);
      expect(versions(text)).toEqual(before);

      const wanted = selector();
      edit();
      expect(await synchronise()).toBe(true);
      expect(selector()).toBe(wanted);

      plane.kubectl(['create', 'configmap', 'mine', '-n', 'monitoring']);
      commit('');
      await synchroniseUntil('pruned objects', () => isGone(text));
      expect(plane.kubectl(['get', 'configmap', 'mine', '-n', 'monitoring', '-o', 'name'])).toContain('mine');
      plane.kubectl(['delete', 'configmap', 'mine', '-n', 'monitoring']);
    },
    300_000,
  );
});

describeWith([...PLANE, 'kustomize-controller'], "Flux's kustomize-controller", (...programs) => {
  let cluster: Cluster;
  let oblige: () => Promise<void>;
  let controller: ReturnType<typeof startProgram>;
  let folder: string;
  let server: Server;
  let tarball: string;

  /** The repository as source-controller would pack it. */
  const pack = (): { digest: string; size: number } => {
    mkdirSync(join(folder, 'repository'), { recursive: true });
    cpSync(`${ROOT}manifests`, join(folder, 'repository/manifests'), { recursive: true });
    execFileSync('tar', ['-czf', tarball, '-C', join(folder, 'repository'), '.']);
    return { digest: createHash('sha256').update(readFileSync(tarball)).digest('hex'), size: statSync(tarball).size };
  };
  const example = (kind: string): KubernetesObject => {
    const files = readdirSync(`${ROOT}docs/gitops/flux`).map((file) => readFileSync(`${ROOT}docs/gitops/flux/${file}`, 'utf8'));
    const found = files.flatMap((text) => loadAll(text) as KubernetesObject[]).find((object) => object.kind === kind);
    if (!found) throw new Error(`no example of ${kind}`);
    return found;
  };

  beforeAll(async () => {
    cluster = await startCluster(programs);
    const { plane } = cluster;
    oblige = startObligingCluster(plane, 'bellwether');
    await applyCrds(plane, toolFiles('flux-crds'), ['.yaml']);
    await applyCrds(plane, toolFiles('flux-source-crds'), ['.yaml']);
    plane.kubectl(['create', 'namespace', 'flux-system']);
    folder = mkdtempSync(join(tmpdir(), 'bellwether-flux-'));
    tarball = join(folder, 'artifact.tar.gz');
    const { digest, size } = pack();
    server = createServer((_, response) => response.end(readFileSync(tarball)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    plane.kubectl(['apply', '--server-side', '-f', '-'], dump(example('GitRepository')));
    const artifact = {
      digest: `sha256:${digest}`,
      lastUpdateTime: '2026-01-01T00:00:00Z',
      path: 'artifact.tar.gz',
      revision: `v0.1.0@sha1:${digest.slice(0, 40)}`,
      size,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/artifact.tar.gz`,
    };
    const conditions = [
      {
        type: 'Ready',
        status: 'True',
        reason: 'Succeeded',
        message: 'stored',
        lastTransitionTime: '2026-01-01T00:00:00Z',
        observedGeneration: 1,
      },
    ];
    plane.kubectl([
      'patch',
      'gitrepository',
      'bellwether',
      '-n',
      'flux-system',
      '--subresource=status',
      '--type=merge',
      '-p',
      JSON.stringify({ status: { artifact, conditions, observedGeneration: 1 } }),
    ]);
    controller = startProgram(
      programs[4] ?? '',
      [
        '--enable-leader-election=false',
        '--metrics-addr=127.0.0.1:0',
        `--health-addr=127.0.0.1:${await freePort()}`,
        '--watch-all-namespaces=true',
      ],
      { ...process.env, KUBECONFIG: plane.kubeconfig, RUNTIME_NAMESPACE: 'flux-system' },
    );
  });
  afterAll(async () => {
    await controller?.stop();
    await oblige?.();
    await cluster?.plane.stop();
    server?.close();
    server?.closeAllConnections();
    if (folder) rmSync(folder, { recursive: true });
  });

  it.each(OVERLAYS)(
    'brings %s until it is ready, then has nothing to do, heals a hand edit, and prunes all and only ours',
    async (overlay) => {
      const { plane, render, stored, versions, isGone, edit, selector } = cluster;
      const text = render(overlay);
      const count = loadAll(text).length;
      const kustomization = example('Kustomization');
      const spec = { ...(kustomization.spec as object), path: `./manifests/overlays/${overlay}` };
      plane.kubectl(['apply', '--server-side', '-f', '-'], dump({ ...kustomization, spec }));
      const reconcile = async (): Promise<void> => {
        const asked = String(performance.now());
        plane.kubectl([
          'annotate',
          '--overwrite',
          'kustomization',
          'bellwether',
          '-n',
          'flux-system',
          `reconcile.fluxcd.io/requestedAt=${asked}`,
        ]);
        await until(
          'reconciliation',
          () => {
            controller.assertAlive();
            const { status } = JSON.parse(plane.kubectl(['get', 'kustomization', 'bellwether', '-n', 'flux-system', '-o', 'json'])) as {
              status?: { lastHandledReconcileAt?: string; conditions?: { type: string; status: string; message: string }[] };
            };
            const ready = status?.conditions?.find(({ type }) => type === 'Ready');
            return status?.lastHandledReconcileAt === asked && ready?.status === 'True' ? true : undefined;
          },
          { timeoutMs: SYNC_MS, everyMs: 300 },
        );
      };

      await reconcile();
      expect(stored(text)?.length).toBe(count);
      const before = versions(text);
      await reconcile();
      expect(versions(text)).toEqual(before);

      const wanted = selector();
      edit();
      await reconcile();
      expect(selector()).toBe(wanted);

      plane.kubectl(['create', 'configmap', 'mine', '-n', 'monitoring']);
      plane.kubectl(['delete', 'kustomization', 'bellwether', '-n', 'flux-system', '--wait=true', '--timeout=60s']);
      await until('pruned objects', () => isGone(text), { timeoutMs: SYNC_MS, everyMs: 1000 });
      expect(plane.kubectl(['get', 'configmap', 'mine', '-n', 'monitoring', '-o', 'name'])).toContain('mine');
      plane.kubectl(['delete', 'configmap', 'mine', '-n', 'monitoring']);
    },
    300_000,
  );
});

describeWith([...PLANE], 'examples under docs/gitops', (...programs) => {
  it('fit the kinds that they are of', async () => {
    const { plane } = await startCluster(programs);
    try {
      await applyCrds(plane, toolFiles('argo-cd-crds'), ['-crd.yaml']);
      await applyCrds(plane, toolFiles('flux-crds'), ['.yaml']);
      await applyCrds(plane, toolFiles('flux-source-crds'), ['.yaml']);
      for (const namespace of ['argocd', 'flux-system']) plane.kubectl(['create', 'namespace', namespace]);
      for (const folder of ['argocd', 'flux']) {
        const answer = plane.kubectl(['apply', '--server-side', '--dry-run=server', '-f', `${ROOT}docs/gitops/${folder}`]);
        expect(answer).toContain('serverside-applied');
      }
    } finally {
      await plane.stop();
    }
  });
});
