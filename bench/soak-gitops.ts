// Lives the life of every overlay under Flux and under Argo CD's engine, with older bundles before them and random hand edits. [--seed N] [--edits N]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/platform/index.ts';
import { realProgram } from '../test/integration/real-program.ts';
import { startArgoEngine } from '../test/integration/support/gitops/argo-engine.ts';
import { startFlux } from '../test/integration/support/gitops/flux.ts';
import { PLANE_PROGRAMS, startGitopsCluster } from '../test/integration/support/gitops/gitops-cluster.ts';
import { healUnderFlux } from '../test/integration/support/gitops/heal.ts';
import { liveUnderArgo, liveUnderFlux } from '../test/integration/support/gitops/life.ts';
import { everything, olderBundle, taggedTree } from '../test/integration/support/trees.ts';
import { writeTree } from '../test/integration/support/written-tree.ts';
import { printBar, printHead } from './report.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OVERLAYS = ['kube-prometheus-stack', 'kube-prometheus', 'minimal'];

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, edits: { type: 'string', default: '60' } } });
const seed = Number(values.seed);
const programs = [...PLANE_PROGRAMS, 'gitops-engine', 'kustomize-controller'].map((name) => {
  const path = realProgram(name);
  if (path === undefined) throw new Error(`needs ${name}: npm run tools -- ${name}`);
  return path;
});
await printHead({ bench: 'soak gitops', seed });

const trees = [writeTree(everything()), writeTree(olderBundle())] as const;
const tagged = taggedTree();
const cluster = await startGitopsCluster(programs);
const engine = startArgoEngine(programs[4] ?? '', cluster.plane.kubeconfig);
const flux = await startFlux(programs[5] ?? '', cluster);
const all = [...OVERLAYS.map((overlay) => ({ folder: ROOT, overlay })), { folder: trees[0].folder, overlay: 'everything' }];
const render = (folder: string, overlay: string): string => cluster.plane.kubectl(['kustomize', `${folder}/manifests/overlays/${overlay}`]);
let lives = 0;
let upgrades = 0;

try {
  for (const { folder, overlay } of all) {
    const text = render(folder, overlay);
    flux.publish(folder);
    await liveUnderFlux(cluster, flux, overlay, text);
    console.log(`${overlay} under Flux: all came, nothing was written twice, edits healed, all and only ours went`);
    await liveUnderArgo(cluster, engine, text);
    console.log(`${overlay} under Argo CD's engine: the same, in the order of its waves`);
    lives += 2;
  }
  for (const older of [trees[1].folder, ...(tagged ? [tagged.folder] : [])])
    for (const overlay of OVERLAYS) {
      const [before, after] = [render(older, overlay), render(ROOT, overlay)];
      const { done, error } = await engine.synchronise(before);
      if (!done) throw new Error(`the older ${overlay} did not come: ${error}`);
      await liveUnderArgo(cluster, engine, after);
      flux.publish(older);
      await flux.reconcile(overlay);
      flux.publish(ROOT);
      await liveUnderFlux(cluster, flux, overlay, after);
      console.log(`${overlay} upgraded under both: what is gone was removed`);
      upgrades += 2;
    }
  const healed = await healUnderFlux(cluster, flux, 'kube-prometheus', render(ROOT, 'kube-prometheus'), {
    edits: Number(values.edits),
    random: seededRandom(seed),
    publish: () => flux.publish(ROOT),
  });
  printBar({ name: 'lives of overlays', value: lives, unit: '', atLeast: all.length * 2 });
  printBar({ name: 'upgrades', value: upgrades, unit: '', atLeast: OVERLAYS.length * 2 });
  printBar({ name: 'random edits healed', value: healed, unit: '', atLeast: Number(values.edits) });
} finally {
  engine.stop();
  await flux.stop();
  await cluster.stop();
  for (const tree of trees) tree.remove();
}
