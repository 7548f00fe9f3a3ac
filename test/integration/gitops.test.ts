import { fileURLToPath } from 'node:url';
import { dump } from 'js-yaml';
import type { KubernetesObject } from '../synth/bundle-objects.ts';
import { describeWith, toolFiles } from './real-program.ts';
import { objectsOf } from './support/applied-bundle.ts';
import { applyCrds } from './support/control-plane.ts';
import { type ArgoEngine, startArgoEngine } from './support/gitops/argo-engine.ts';
import { type Flux, startFlux } from './support/gitops/flux.ts';
import { type GitopsCluster, PLANE_PROGRAMS, startGitopsCluster } from './support/gitops/gitops-cluster.ts';
import { liveUnderArgo, liveUnderFlux } from './support/gitops/life.ts';
import { limitBeside, teamManifests } from './support/gitops/limit-life.ts';
import { everything, olderBundle } from './support/trees.ts';
import { type WrittenTree, writeTree } from './support/written-tree.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What holds dollar signs: dashboards and rules, by name. */
const templated = (objects: readonly KubernetesObject[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    objects
      .filter(({ kind, metadata }) => kind === 'PrometheusRule' || metadata.name.includes('-dashboard-'))
      .map(({ kind, metadata, data, spec }) => [`${kind} ${metadata.name}`, data ?? spec]),
  );

// A sample; all overlays under both, with older bundles before them: npm run soak -- gitops.
describeWith([...PLANE_PROGRAMS, 'gitops-engine', 'kustomize-controller'], 'GitOps', (...programs) => {
  let cluster: GitopsCluster;
  let engine: ArgoEngine;
  let flux: Flux;
  const trees: WrittenTree[] = [];
  const written = (files: ReadonlyMap<string, string>): string => {
    const tree = writeTree(files);
    trees.push(tree);
    return tree.folder;
  };
  const render = (folder: string, overlay: string): string =>
    cluster.plane.kubectl(['kustomize', `${folder}/manifests/overlays/${overlay}`]);

  beforeAll(async () => {
    cluster = await startGitopsCluster(programs);
    engine = startArgoEngine(programs[4] ?? '', cluster.plane.kubeconfig);
    flux = await startFlux(programs[5] ?? '', cluster);
  });
  afterAll(async () => {
    engine?.stop();
    await flux?.stop();
    await cluster?.stop();
    for (const tree of trees) tree.remove();
  });

  it('by Flux brings an overlay with all parts, leaves alone what controllers write, heals, and prunes all and only ours', async () => {
    const folder = written(everything());
    flux.publish(folder);
    await liveUnderFlux(cluster, flux, 'everything', render(folder, 'everything'));
  }, 900_000);

  it('by Flux upgrades from an older version and removes what is gone', async () => {
    const older = written(olderBundle());
    flux.publish(older);
    await flux.reconcile('kube-prometheus');
    flux.publish(ROOT);
    await flux.reconcile('kube-prometheus');
    const deployments = cluster.plane.kubectl(['get', 'deployments,cronjobs', '-n', 'bellwether', '-o', 'name']);
    expect(deployments).not.toMatch(/gate|sweeper/);

    // With its own substitution of variables on, Flux still leaves what Grafana and Prometheus mean by `${...}` and `$labels`.
    const text = render(ROOT, 'kube-prometheus');
    await flux.reconcile('kube-prometheus', { postBuild: { substitute: { anything: 'else' } } });
    expect(templated(cluster.stored(text) ?? [])).toEqual(templated(objectsOf(text)));
    await liveUnderFlux(cluster, flux, 'kube-prometheus', text);
  }, 900_000);

  it("by Argo CD's engine brings an overlay in order, then has nothing to do, heals, and prunes all and only ours", async () => {
    await liveUnderArgo(cluster, engine, render(ROOT, 'kube-prometheus'));
  }, 900_000);

  it.each(['Flux', "Argo CD's engine"])(
    'by %s neither reverts a limit on a route of Git nor is overwritten by it',
    async (who) => {
      const namespace = who === 'Flux' ? 'team-flux' : 'team-argo';
      const text = teamManifests(namespace)
        .map((one) => dump(one))
        .join('---\n');
      const folder = written(
        new Map([
          ['manifests/overlays/team/kustomization.yaml', 'resources: [team.yaml]\n'],
          ['manifests/overlays/team/team.yaml', text],
        ]),
      );
      if (who === 'Flux') flux.publish(folder);
      const synchroniseArgo = async (manifests: string): Promise<void> => {
        const { done, error } = await engine.synchronise(manifests);
        if (!done) throw new Error(`not synchronised: ${error}`);
      };
      const synchronise = (): Promise<unknown> => (who === 'Flux' ? flux.reconcile('team') : synchroniseArgo(text));
      expect(await limitBeside(cluster.plane, namespace, synchronise)).toEqual({
        underLimit: expect.objectContaining({ 'nginx.ingress.kubernetes.io/limit-rps': '10', 'team.example.com/owner': 'shop' }),
        policyStays: true,
        isAsBefore: true,
        staysAsBefore: true,
      });
      if (who === 'Flux') flux.remove();
    },
    900_000,
  );

  // Last, because the kinds of Argo CD are so large that they slow the API server down.
  it('examples fit the kinds that they are of', async () => {
    await applyCrds(cluster.plane, toolFiles('argo-cd-crds'), ['-crd.yaml']);
    cluster.plane.kubectl(['create', 'namespace', 'argocd']);
    for (const folder of ['argocd', 'flux']) {
      const answer = cluster.plane.kubectl([
        'apply',
        '--server-side',
        '--dry-run=server',
        '--force-conflicts',
        '-f',
        `${ROOT}docs/gitops/${folder}`,
      ]);
      expect(answer).toContain('serverside-applied');
    }
  });
});
