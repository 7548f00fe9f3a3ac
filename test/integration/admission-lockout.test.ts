import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { connectToCluster, createKubernetesClient, type KubernetesClient } from '../../src/platform/index.ts';
import { describeWith } from './real-program.ts';
import { type AdmissionStage, startAdmissionStage } from './support/admission-stage.ts';
import { until } from './support/until.ts';

const BIN = fileURLToPath(new URL('../../bin/bellwether.mjs', import.meta.url));
const SECOND = 1 / 86_400;

const pod = (name: string, privileged: boolean, namespace = 'team') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: { containers: [{ name: 'app', image: 'registry.example.com/app:1', securityContext: { privileged } }] },
});

describeWith(['etcd', 'kube-apiserver', 'kubectl'], 'the admission webhook in bad times', (etcd, apiserver, kubectl) => {
  let stage: AdmissionStage;
  let client: KubernetesClient;
  const create = (object: object, dryRun = true) =>
    client.create(object as never, { dryRun }).then(
      () => 'admitted',
      (error: Error) => error.message,
    );
  const becomes = (what: string, object: object, fits: (answer: string) => boolean) =>
    until(what, async () => (fits(await create(object)) ? true : undefined), { timeoutMs: 30_000, everyMs: 100 });
  const isDenied = (answer: string): boolean => answer.includes('Bellwether found');
  const isUnreachable = (answer: string): boolean => answer.includes('failed calling webhook');
  const unlock = (...args: string[]): string =>
    execFileSync(process.execPath, [BIN, 'unlock', '--kubeconfig', stage.plane.kubeconfig, ...args], { encoding: 'utf8' });
  const fail = (hook: object): object =>
    (hook as { name: string }).name.startsWith('pod-security') ? { ...hook, failurePolicy: 'Fail' } : hook;

  beforeAll(async () => {
    stage = await startAdmissionStage({ etcd: String(etcd), apiserver: String(apiserver), kubectl: String(kubectl) });
    client = createKubernetesClient(await connectToCluster({ kubeconfig: stage.plane.kubeconfig }));
    stage.plane.kubectl(['create', 'namespace', 'team']);
    for (const namespace of ['team', 'kube-system', 'bellwether', 'default'])
      stage.plane.attempt(['create', 'serviceaccount', 'default', '-n', namespace]);
  }, 120_000);
  afterAll(async () => {
    await client?.close();
    await stage?.stop();
  });

  it('rotates certificate and authority under load without one failed review', async () => {
    stage.applyWebhooks(fail);
    // The authority lives 42 s and is replaced when 24 s are left: within the load below it is replaced at least once, the leaf several times.
    const replica = await stage.start({
      policy: { profile: 'baseline' },
      certificates: {
        leafDays: 16 * SECOND,
        renewBeforeDays: 12 * SECOND,
        authorityDays: 42 * SECOND,
        overlapSeconds: 2,
        checkSeconds: 0.25,
      },
    });
    await becomes('webhook in force', pod('probe', true), isDenied);
    const answers = new Map<string, number>();
    const endMs = performance.now() + 24_000;
    const load = async (privileged: boolean): Promise<void> => {
      while (performance.now() < endMs) {
        const answer = await create(pod('load', privileged));
        const kind = isDenied(answer) ? 'denied' : answer;
        answers.set(kind, (answers.get(kind) ?? 0) + 1);
      }
    };
    await Promise.all([load(true), load(false)]);
    expect([...answers.keys()].sort()).toEqual(['admitted', 'denied']);
    const metrics = await replica.metrics();
    const rotations = (certificate: string): number =>
      Number(new RegExp(`rotations_total\\{certificate="${certificate}"\\} (\\d+)`).exec(metrics)?.[1] ?? 0);
    expect(rotations('leaf')).toBeGreaterThanOrEqual(2);
    expect(rotations('authority')).toBeGreaterThanOrEqual(1);
    await replica.stop();
  }, 120_000);

  it('keeps no key and no authority in what Git holds', () => {
    const text = stage.plane.kubectl(['kustomize', fileURLToPath(new URL('../../manifests/overlays/minimal', import.meta.url))]);
    expect(text).not.toMatch(/caBundle|PRIVATE KEY|BEGIN CERTIFICATE/);
  });

  it('does with every replica gone what the failure policy says, and the system and its own namespace go on', async () => {
    stage.applyWebhooks(fail);
    const replica = await stage.start({ policy: { profile: 'baseline' } });
    await becomes('webhook in force', pod('probe', true), isDenied);
    await replica.kill();
    expect(isUnreachable(await create(pod('probe', false)))).toBe(true);
    for (const namespace of ['kube-system', 'bellwether']) expect(await create(pod('essential', true, namespace), false)).toBe('admitted');
    // What is not a pod of ours to judge goes on too: leases, nodes, and what the lesser webhook is about.
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l', namespace: 'team' }, spec: {} };
    expect(await create(lease, false)).toBe('admitted');
    expect(await create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'team' } }, false)).toBe('admitted');

    stage.applyWebhooks();
    await becomes('failure policy Ignore', pod('probe', true), (answer) => answer === 'admitted');
  }, 60_000);

  it('does not wedge an API server that restarts while nobody answers, and judges again as soon as somebody does', async () => {
    stage.applyWebhooks(fail);
    await stage.plane.restart();
    await becomes('refusal', pod('probe', false), isUnreachable);
    expect(await create(pod('essential-2', true, 'kube-system'), false)).toBe('admitted');
    const replica = await stage.start({ policy: { profile: 'baseline' } });
    await becomes('judgement', pod('probe', true), isDenied);
    expect(await create(pod('probe', false))).toBe('admitted');
    await replica.kill();
  }, 120_000);

  it('unlocks: the failure policy becomes Ignore, or the webhooks go', async () => {
    stage.applyWebhooks(fail);
    await becomes('refusal', pod('probe', false), isUnreachable);
    expect(unlock('--dry-run')).toContain(
      'bellwether-admission-policies (pod-security.bellwether.dev, policies.bellwether.dev): would be set',
    );
    expect(isUnreachable(await create(pod('probe', false)))).toBe(true);
    expect(unlock()).toContain('set to failurePolicy Ignore');
    await becomes('unlocked cluster', pod('probe', true), (answer) => answer === 'admitted');
    expect(unlock()).toContain('has failurePolicy Ignore already');
    expect(unlock('--delete')).toContain('deleted');
    expect(() => unlock()).toThrow('no admission webhook');
  }, 60_000);
});
