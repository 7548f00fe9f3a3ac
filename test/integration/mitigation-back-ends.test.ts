import { MITIGATION_FIELD_MANAGER } from '../../src/conventions/index.ts';
import type { Mitigation } from '../../src/mitigation/index.ts';
import { type KubernetesObject, seededRandom } from '../../src/platform/index.ts';
import { describeWith } from './real-program.ts';
import { startArgoEngine } from './support/gitops/argo-engine.ts';
import { startFlux } from './support/gitops/flux.ts';
import { BACK_END_CASES, type BackEndCase, wishOfCase } from './support/mitigation/back-end-cases.ts';
import { COMEBACKS, type Death, dieAndComeBack, shownDeath, stepsOf } from './support/mitigation/crash-matrix.ts';
import { GITOPS_CASES, KUSTOMIZATION, liveWithLimits } from './support/mitigation/live-with-limits.ts';
import { type MitigationCluster, startMitigationCluster } from './support/mitigation/mitigation-cluster.ts';
import { writeTree } from './support/written-tree.ts';

const TTL_MS = 600_000;
const ACCEPT_MS = 31_000;

const conditionOf = ({ status }: Mitigation, type: string): string | undefined =>
  status?.conditions?.find((condition) => condition.type === type)?.status;
const endOf = ({ status }: Mitigation): readonly unknown[] => [status?.phase, status?.endCause];

/** What people wished of an object: without versions, times and status. */
const wishOf = ({ metadata, status, ...rest }: KubernetesObject): unknown => ({
  ...rest,
  labels: metadata.labels,
  annotations: metadata.annotations,
});
const managersOf = ({ metadata }: KubernetesObject): readonly string[] =>
  ((metadata.managedFields ?? []) as readonly { readonly manager: string }[]).map(({ manager }) => manager);
const isOurs = ({ metadata }: KubernetesObject): boolean => metadata.labels?.['bellwether.dev/mitigation-managed'] === 'true';

const PROGRAMS = ['etcd', 'kube-apiserver', 'kubectl', 'gitops-engine', 'kustomize-controller'];

describeWith(PROGRAMS, 'back-ends on a real API server', (...programs) => {
  let cluster: MitigationCluster;
  beforeAll(async () => {
    cluster = await startMitigationCluster(programs);
  }, 180_000);
  afterAll(() => cluster?.stop());
  afterEach(() => cluster.clear(BACK_END_CASES.flatMap(({ git }) => git)));

  const begin = async (one: BackEndCase): Promise<Mitigation> => {
    const { backEnd, target } = one;
    await cluster.apply(one.git);
    await cluster.ask(backEnd, { backEnd, target, ...wishOfCase(one) });
    return await cluster.look(backEnd);
  };
  const limitOf = async ({ backEnd }: BackEndCase): Promise<KubernetesObject> => {
    const [ours, ...more] = (await cluster.written(backEnd)).filter(isOurs);
    expect(more).toEqual([]);
    if (!ours) throw new Error('nothing is written');
    return ours;
  };

  it.each(BACK_END_CASES)('$backEnd is written under a name of our own, read back, and gone at its end', async (one) => {
    await cluster.apply(one.git);
    const before = (await cluster.written(one.backEnd)).map(wishOf);
    const mitigation = await begin(one);
    expect([mitigation.status?.phase, mitigation.status?.message]).toEqual(['Applied', expect.any(String)]);
    const object = await limitOf(one);
    expect(managersOf(object)).toContain(MITIGATION_FIELD_MANAGER);
    expect(object.metadata.annotations).toHaveProperty(['bellwether.dev/mitigation-expires-at']);
    if (one.answer) await cluster.setStatus(object, one.answer(true));
    expect(conditionOf(await cluster.look(one.backEnd), 'Accepted')).toBe('True');

    cluster.clock.advance(TTL_MS);
    expect(endOf(await cluster.look(one.backEnd))).toEqual(['Ended', 'expired']);
    const after = await cluster.written(one.backEnd);
    expect(after.map(wishOf)).toEqual(before);
    expect(after.flatMap(managersOf)).not.toContain(MITIGATION_FIELD_MANAGER);
  });

  const answering = BACK_END_CASES.filter(({ answer }) => answer !== undefined);
  it.each(answering)('$backEnd is taken back when its controller refuses it, with the reason', async (one) => {
    await begin(one);
    await cluster.setStatus(await limitOf(one), one.answer!(false));
    const over = await cluster.look(one.backEnd);
    expect([...endOf(over), conditionOf(over, 'Failed')]).toEqual(['Ended', 'not_accepted', 'True']);
    expect(over.status?.message).toContain('an older policy has won');
    expect((await cluster.written(one.backEnd)).filter(isOurs)).toEqual([]);
  });

  it.each(BACK_END_CASES.slice(0, 3))('$backEnd is taken back when nobody accepts it within 30 seconds', async (one) => {
    await begin(one);
    cluster.clock.advance(ACCEPT_MS);
    const over = await cluster.look(one.backEnd);
    expect(endOf(over)).toEqual(['Ended', 'not_accepted']);
    expect(over.status?.message).toMatch(/within 30 s/);
    expect((await cluster.written(one.backEnd)).filter(isOurs)).toEqual([]);
  });

  // One of each style: a separate object, a dial, a field.
  const STYLES = ['nginx-gateway-fabric', 'traefik', 'ingress-nginx'];
  it.each(BACK_END_CASES.filter(({ backEnd }) => STYLES.includes(backEnd)))('$backEnd ends with a word of somebody', async (one) => {
    await begin(one);
    await cluster.revoke(one.backEnd);
    expect(endOf(await cluster.look(one.backEnd))).toEqual(['Ended', 'revoked']);
    expect((await cluster.written(one.backEnd)).filter(isOurs)).toEqual([]);
  });

  it.each(BACK_END_CASES.filter(({ theirs }) => theirs !== undefined))('$backEnd does nothing where another policy is', async (one) => {
    await cluster.apply([one.theirs!]);
    const over = await begin(one);
    expect([...endOf(over), over.status?.message]).toEqual(['Ended', 'refused', expect.stringContaining('theirs')]);
    await cluster.clear([one.theirs!]);
  });

  // A fixed sample of `npm run soak -- mitigation-crashes`, which tries them all.
  it('leave nothing past the end, without an owner or twice, wherever a process dies and whoever comes back', async () => {
    const random = seededRandom(8);
    const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    for (const of of BACK_END_CASES) {
      const steps = await stepsOf(cluster, of);
      expect(steps.length).toBeGreaterThanOrEqual(9);
      for (let i = 0; i < 2; i++) {
        const death: Death = { ...oneOf(steps), of, comeback: oneOf(COMEBACKS) };
        await dieAndComeBack(cluster, death).catch((thrown: unknown) => {
          throw new Error(shownDeath(death), { cause: thrown });
        });
      }
    }
  });

  it('refuses what an installed version does not know, rather than dropping a part of it', async () => {
    const [fabric] = BACK_END_CASES;
    await begin(fabric!);
    const { metadata, status, ...limit } = await limitOf(fabric!);
    const older = { ...limit, metadata: { name: 'older', namespace: 'shop' }, spec: { ...(limit.spec as object), inShadow: true } };
    await expect(cluster.client.apply(older, { fieldManager: MITIGATION_FIELD_MANAGER })).rejects.toThrow(/inShadow/);
  });

  it("by Flux keeps limits through a sync of their routes, whose changes come all the same, and leaves Git's objects behind", async () => {
    cluster.plane.kubectl(['create', 'namespace', 'flux-system']);
    const flux = await startFlux(programs[4] ?? '', cluster);
    try {
      await liveWithLimits(cluster, GITOPS_CASES, async (text) => {
        const tree = writeTree(
          new Map([
            ['manifests/overlays/routes/kustomization.yaml', KUSTOMIZATION],
            [`manifests/overlays/routes/routes.yaml`, text],
          ]),
        );
        flux.publish(tree.folder);
        tree.remove();
        await flux.reconcile('routes', { wait: false });
      });
      flux.remove();
    } finally {
      await flux.stop();
    }
  }, 300_000);

  it("by Argo CD's engine does so as well, save for a dial whose rate stands in Git", async () => {
    const argo = startArgoEngine(programs[3] ?? '', cluster.plane.kubeconfig);
    try {
      const cases = GITOPS_CASES.filter(({ backEnd }) => backEnd !== 'nginx-ingress-controller');
      await liveWithLimits(cluster, cases, async (text) => {
        const { done, error } = await argo.synchronise(text);
        if (!done) throw new Error(error);
      });
    } finally {
      argo.stop();
    }
  }, 300_000);
});
