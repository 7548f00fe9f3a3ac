import { readFileSync } from 'node:fs';
import { BellwetherError, connectToCluster, createKubernetesClient, type KubernetesClient } from '../../src/platform/index.ts';
import { createPolicyBook, type PolicyBook, type PolicyRequest, TEMPLATES } from '../../src/runtime-policies/index.ts';
import { describeWith } from './real-program.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';

const CRD = readFileSync(new URL('../fixtures/crds/tetragon.yaml', import.meta.url), 'utf8');
const DAY_MS = 86_400_000;
const request = (change: Partial<PolicyRequest> = {}): PolicyRequest => ({
  template: 'file-read',
  namespace: 'shop',
  podLabels: ['app=cart'],
  paths: ['/etc/shadow'],
  cidrs: [],
  exceptBinaries: [],
  ...change,
});

describeWith(['etcd', 'kube-apiserver', 'kubectl'], 'runtime policies on a real API server', (etcd, apiserver, kubectl) => {
  let plane: ControlPlane;
  let client: KubernetesClient;
  let book: PolicyBook;
  let nowMs = Date.parse('2026-05-11T12:00:00Z');
  const json = (name: string) =>
    JSON.parse(plane.kubectl(['get', 'tracingpoliciesnamespaced', '-n', 'shop', name, '-o', 'json', '--show-managed-fields']));

  beforeAll(async () => {
    plane = await startControlPlane({ etcd: String(etcd), apiserver: String(apiserver), kubectl: String(kubectl) });
    client = createKubernetesClient(await connectToCluster({ kubeconfig: plane.kubeconfig }));
    book = createPolicyBook({ client, clock: { nowMs: () => nowMs } }, { protectedNamespaces: ['bellwether'], leastWatchedMs: DAY_MS });
    plane.kubectl(['create', 'namespace', 'shop']);
  });
  afterAll(async () => {
    await client?.close();
    await plane?.stop();
  });

  it('say plainly that Tetragon is not there', async () => {
    await expect(book.plan(request(), 'ann')).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('is Tetragon installed?'),
    });
    plane.kubectl(['apply', '-f', '-'], CRD);
    plane.kubectl(['wait', '--for=condition=Established', 'crd/tracingpoliciesnamespaced.cilium.io', '--timeout=60s']);
  });

  it.each(TEMPLATES.map(({ name, needs }) => [name, needs] as const))('the template %s is stored as it was made', async (name, needs) => {
    const asked = request({
      template: name,
      name: `t-${name}`,
      paths: needs === 'paths' ? ['/srv/keys/'] : [],
      cidrs: needs === 'cidrs' ? ['10.0.0.0/8'] : [],
    });
    const { policy } = await book.apply(asked, 'ann');
    expect(json(policy.metadata.name).spec).toMatchObject(policy.spec ?? {});
    // Strict decoding: a field that Tetragon does not have would be told.
    const strict = plane.attempt(
      ['apply', '--dry-run=server', '--validate=strict', '-f', '-'],
      JSON.stringify({ ...policy, metadata: { ...policy.metadata, name: 'strict' } }),
    );
    expect(strict).toMatchObject({ ok: true });
    await book.remove('shop', `t-${name}`);
  });

  it('live from plan to watching, promotion by approval, and back', async () => {
    expect((await book.plan(request(), 'ann')).outcome).toBe('create');
    expect(await book.list('shop')).toEqual([]);
    await book.apply(request(), 'ann');
    expect((await book.plan(request(), 'ann')).outcome).toBe('unchanged');
    const managers = (json('bellwether-file-read').metadata.managedFields as { manager: string; operation: string }[]).map(
      ({ manager, operation }) => `${manager} ${operation}`,
    );
    expect(new Set(managers)).toEqual(new Set(['bellwether-runtime-policies Apply']));
    const approval = { by: 'ann', reason: 'a week without a hit' };
    await expect(book.promote('shop', 'file-read', approval)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('minutes more'),
    });
    nowMs += DAY_MS;
    await book.promote('shop', 'file-read', approval);
    const enforced = json('bellwether-file-read');
    expect(enforced.spec.options).toEqual([{ name: 'policy-mode', value: 'enforce' }]);
    expect(enforced.metadata.annotations).toMatchObject({
      'bellwether.dev/runtime-policy-approved-by': 'ann',
      'bellwether.dev/runtime-policy-approved-reason': 'a week without a hit',
    });
    expect((await book.plan(request(), 'ben')).outcome).toBe('unchanged');
    await book.demote('shop', 'file-read');
    const watching = json('bellwether-file-read');
    expect(watching.spec.options).toEqual([{ name: 'policy-mode', value: 'monitor' }]);
    expect(watching.metadata.annotations['bellwether.dev/runtime-policy-approved-by']).toBeUndefined();
  });

  it('go back to watching when they are changed, and are not promoted when somebody else changed them', async () => {
    nowMs += DAY_MS;
    await book.promote('shop', 'file-read', { by: 'ann', reason: 'still no hit' });
    const { mode, diff } = await book.apply(request({ paths: ['/etc/shadow', '/srv/key'] }), 'ben');
    expect([mode, diff.length]).toEqual(['monitor', 3]);
    nowMs += DAY_MS;
    plane.kubectl([
      'patch',
      'tracingpoliciesnamespaced',
      '-n',
      'shop',
      'bellwether-file-read',
      '--type=json',
      '-p',
      '[{"op":"replace","path":"/spec/podSelector/matchLabels/app","value":"all"}]',
    ]);
    await expect(book.promote('shop', 'file-read', { by: 'ann', reason: 'still no hit' })).rejects.toMatchObject({
      message: expect.stringContaining('changed by somebody else'),
    });
    expect((await book.plan(request({ paths: ['/etc/shadow', '/srv/key'] }), 'ann')).diff).toEqual([
      '- /spec/podSelector/matchLabels/app: "all"',
      '+ /spec/podSelector/matchLabels/app: "cart"',
    ]);
    await book.apply(request({ paths: ['/etc/shadow', '/srv/key'] }), 'ann');
    expect(json('bellwether-file-read').spec.podSelector).toEqual({ matchLabels: { app: 'cart' } });
  });

  it('of others are neither changed nor deleted', async () => {
    const theirs = {
      apiVersion: 'cilium.io/v1alpha1',
      kind: 'TracingPolicyNamespaced',
      metadata: { name: 'bellwether-shell', namespace: 'shop' },
      spec: { kprobes: [] },
    };
    plane.kubectl(['apply', '-f', '-'], JSON.stringify(theirs));
    await expect(book.apply(request({ template: 'shell', paths: [] }), 'ann')).rejects.toMatchObject({ code: 'conflict' });
    await expect(book.remove('shop', 'shell')).rejects.toMatchObject({ code: 'forbidden' });
    expect((await book.list('shop')).map(({ metadata }) => metadata.name)).toEqual(['bellwether-file-read']);
  });

  it('are never made in a protected namespace', async () => {
    for (const namespace of ['kube-system', 'monitoring', 'bellwether'])
      await expect(book.apply(request({ namespace }), 'ann')).rejects.toBeInstanceOf(BellwetherError);
    expect(plane.kubectl(['get', 'tracingpoliciesnamespaced', '-n', 'kube-system', '-o', 'name'])).toBe('');
  });

  it('are gone once they are deleted, and deleting again says so', async () => {
    await book.remove('shop', 'file-read');
    expect(await book.list(undefined)).toEqual([]);
    await expect(book.remove('shop', 'file-read')).rejects.toMatchObject({ code: 'not_found' });
  });
});
