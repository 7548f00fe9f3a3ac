import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { removeFrom, writeChanges } from '../../src/mitigation/data-plane.ts';
import { type Mitigation, withinNamespaces } from '../../src/mitigation/index.ts';
import { connectToCluster, createKubernetesClient, type KubernetesClient, type KubernetesObject } from '../../src/platform/index.ts';
import { describeWith } from './real-program.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import {
  askFor,
  BACK_ENDS,
  beginLife,
  bundleObjects,
  INGRESS,
  MITIGATION,
  newClock,
  POLICY,
  shape,
  shopObjects,
} from './support/mitigation/limit-stage.ts';
import { until } from './support/until.ts';

const BIN = fileURLToPath(new URL('../../bin/bellwether.mjs', import.meta.url));

const LIMIT = { backEnd: 'ingress-nginx', limit: { requestsPerSecond: 10, burst: 50 } };

/** An account of the bundle, as the administrator of the test may be it. */
const kubeconfigOf = ({ kubeconfig }: ControlPlane, account: string): string => {
  const config = JSON.parse(readFileSync(kubeconfig, 'utf8')) as { users: { user: Record<string, unknown> }[] };
  for (const { user } of config.users) user.as = `system:serviceaccount:bellwether:${account}`;
  writeFileSync(`${kubeconfig}-${account}`, JSON.stringify(config));
  return `${kubeconfig}-${account}`;
};

describeWith(['etcd', 'kube-apiserver', 'kubectl'], 'mitigations on a real API server', (etcd, apiserver, kubectl) => {
  let plane: ControlPlane;
  let client: KubernetesClient;
  const changed = async (): Promise<readonly KubernetesObject[]> => {
    const labelSelector = 'bellwether.dev/mitigation-managed=true';
    const lists = [INGRESS, POLICY].map(({ apiVersion, kind }) => client.list({ apiVersion, kind }, { labelSelector }));
    return (await Promise.all(lists)).flatMap(({ items }) => items);
  };
  const read = (name: string): Promise<Mitigation> => client.get<Mitigation>({ ...MITIGATION, namespace: 'shop', name });
  const ingress = (): Promise<KubernetesObject> => client.get(INGRESS);

  beforeAll(async () => {
    plane = await startControlPlane({ etcd: String(etcd), apiserver: String(apiserver), kubectl: String(kubectl) });
    client = createKubernetesClient(await connectToCluster({ kubeconfig: plane.kubeconfig }));
    const objects = bundleObjects();
    const isWanted = ({ kind, metadata }: KubernetesObject): boolean =>
      (kind === 'CustomResourceDefinition' && metadata.name.startsWith('mitigations.')) ||
      ['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding', 'ServiceAccount', 'CronJob'].includes(kind) ||
      (kind.startsWith('ValidatingAdmissionPolicy') && metadata.name.includes('mitigation'));
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bellwether' } };
    plane.kubectl(
      ['apply', '--server-side', '-f', '-'],
      [namespace, ...objects.filter(isWanted)].map((one) => JSON.stringify(one)).join('\n---\n'),
    );
    plane.kubectl(['wait', '--for=condition=Established', 'crd/mitigations.bellwether.dev', '--timeout=30s']);
    plane.kubectl(['apply', '-f', '-'], shopObjects.map((one) => JSON.stringify(one)).join('\n---\n'));
  });
  afterAll(async () => {
    await client?.close();
    await plane?.stop();
  });

  it('is ended by the reaper as a command, with the rights of its account alone and nothing else running', async () => {
    const clock = newClock();
    await client.create(askFor('reaped', LIMIT, clock));
    await beginLife(client, clock).engine.round();
    await client.delete({ ...MITIGATION, namespace: 'shop', name: 'reaped' });
    expect(await changed()).toHaveLength(1);
    const reaper = (at: number) =>
      spawnSync(
        process.execPath,
        [
          BIN,
          'mitigate',
          'reap',
          '--kubeconfig',
          kubeconfigOf(plane, 'bellwether-reaper'),
          '--back-ends',
          BACK_ENDS.join(','),
          '--ahead',
          String(at),
        ],
        { encoding: 'utf8', timeout: 90_000 },
      );
    expect(reaper(0)).toMatchObject({ stderr: '', stdout: '1 changed objects, 0 past their end\n' });
    plane.kubectl(['annotate', '--overwrite', 'ingress/cart', '-n', 'shop', 'bellwether.dev/mitigation-expires-at=2020-01-01T00:00:00Z']);
    expect(reaper(50)).toMatchObject({ stderr: '', stdout: '1 changed objects, 1 past their end\ntaken back: Ingress shop/cart\n' });
    expect(await changed()).toEqual([]);
    expect((await ingress()).metadata.annotations?.['nginx.ingress.kubernetes.io/limit-rps']).toBeUndefined();
  });

  it('needs no rights but Roles in the namespaces in which it may act', async () => {
    const isRight = ({ kind }: KubernetesObject): boolean =>
      ['ServiceAccount', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'].includes(kind);
    const rights = bundleObjects(['shop'], 'scoped').filter(isRight);
    plane.kubectl(['apply', '--server-side', '-f', '-'], rights.map((one) => JSON.stringify(one)).join('\n---\n'));
    const may = (account: string, verb: string, what: string, ...where: string[]): boolean =>
      plane.attempt(['auth', 'can-i', verb, what, ...where, `--as=system:serviceaccount:bellwether:scoped-${account}`]).ok;
    const asked = [
      ['receiver', 'patch', 'ingresses.networking.k8s.io', '-n', 'shop'],
      ['receiver', 'create', 'networkpolicies.networking.k8s.io', '-n', 'shop'],
      ['receiver', 'patch', 'mitigations.bellwether.dev/status', '-n', 'shop'],
      ['receiver', 'get', 'namespaces/shop'],
      ['reaper', 'delete', 'networkpolicies.networking.k8s.io', '-n', 'shop'],
      ['receiver', 'patch', 'ingresses.networking.k8s.io', '-n', 'default'],
      ['receiver', 'list', 'mitigations.bellwether.dev', '--all-namespaces'],
      ['receiver', 'get', 'namespaces/default'],
      ['receiver', 'list', 'deployments.apps', '-n', 'kube-system'],
      ['reaper', 'delete', 'networkpolicies.networking.k8s.io', '-n', 'default'],
      ['reaper', 'create', 'networkpolicies.networking.k8s.io', '-n', 'shop'],
    ] as const;
    expect(asked.map(([account, verb, what, ...where]) => may(account, verb, what, ...where))).toEqual([
      ...Array<boolean>(5).fill(true),
      ...Array<boolean>(6).fill(false),
    ]);
    const clock = newClock();
    await client.create(askFor('scoped', LIMIT, clock));
    const scoped = createKubernetesClient(await connectToCluster({ kubeconfig: kubeconfigOf(plane, 'scoped-receiver') }));
    const { engine } = beginLife(withinNamespaces(scoped, ['shop']), clock, { namespaces: ['shop'] });
    expect((await engine.round()).failed).toEqual([]);
    expect((await read('scoped')).status).toMatchObject({ phase: 'Applied' });
    const elsewhere = { ...askFor('elsewhere', LIMIT, clock), metadata: { name: 'elsewhere', namespace: 'default' } };
    expect(await engine.preview(elsewhere)).toMatchObject({ guard: 'protected', reason: expect.stringContaining('shop alone') });
    plane.kubectl(['annotate', '--overwrite', 'ingress/cart', '-n', 'shop', 'bellwether.dev/mitigation-expires-at=2020-01-01T00:00:00Z']);
    const reaping = ['mitigate', 'reap', '--kubeconfig', kubeconfigOf(plane, 'scoped-reaper'), '--back-ends', BACK_ENDS.join(',')];
    const reaped = spawnSync(process.execPath, [BIN, ...reaping, '--namespaces', 'shop'], { encoding: 'utf8', timeout: 90_000 });
    expect(reaped).toMatchObject({ stderr: '', stdout: '1 changed objects, 1 past their end\ntaken back: Ingress shop/cart\n' });
    await scoped.close();
    await client.delete({ ...MITIGATION, namespace: 'shop', name: 'scoped' });
  });

  it('restores a value that somebody else had set, and lets go of it', async () => {
    const clock = newClock();
    const host = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'dial', namespace: 'shop' }, data: { rate: '900', keep: 'yes' } };
    await client.apply(host, { fieldManager: 'argocd-controller' });
    const on = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'dial' };
    const first = shape(await client.get(on));
    const intent = { mitigation: 'dial', expiresAtMs: clock.nowMs() + 60_000, reason: 'flood' };
    const changes = [
      {
        style: 'fields' as const,
        on,
        fields: [
          { path: ['data', 'rate'], value: '10' },
          { path: ['data', 'burst'], value: '50' },
        ],
      },
    ];
    for (let i = 0; i < 2; i++) await writeChanges({ client }, changes, intent, 'dial');
    expect(await client.get(on)).toMatchObject({ data: { rate: '10', burst: '50', keep: 'yes' } });
    for (let i = 0; i < 2; i++) await removeFrom({ client }, await client.get(on));
    expect(await client.get(on)).toMatchObject({ data: { rate: '900', keep: 'yes' } });
    const after = shape(await client.get(on)) as { metadata: { owners: string[] } };
    expect(after.metadata.owners).toEqual(['argocd-controller']);
    expect({ ...after, metadata: {} }).toEqual({ ...(first as object), metadata: {} });
    // Whose value it is can take it away again.
    await client.apply({ ...host, data: { keep: 'yes' } }, { fieldManager: 'argocd-controller', force: true });
  });

  it('is held by the API server to its own objects, their end, and namespaces that are not protected', async () => {
    const as = '--as=system:serviceaccount:bellwether:bellwether-receiver';
    const policy = (namespace: string, change: (metadata: Record<string, unknown>) => void = () => undefined): string => {
      const metadata: Record<string, unknown> = {
        name: 'bellwether-mit-x',
        namespace,
        labels: { 'bellwether.dev/mitigation-managed': 'true' },
        annotations: { 'bellwether.dev/mitigation-expires-at': '2030-01-01T00:00:00Z' },
      };
      change(metadata);
      return JSON.stringify({ ...POLICY, metadata, spec: { podSelector: {}, policyTypes: ['Ingress'] } });
    };
    const create = (text: string) => plane.attempt(['create', '-f', '-', as], text);
    // The API server takes up a new policy within seconds.
    await until('guard in force', () => (create(policy('kube-system')).stderr.includes('protected from mitigations') ? true : undefined), {
      timeoutMs: 60_000,
      everyMs: 500,
    });
    plane.attempt(['delete', 'networkpolicy', '-n', 'kube-system', '--all']);
    expect(create(policy('shop', (metadata) => delete metadata.annotations)).stderr).toContain('carries its end');
    expect(create(policy('shop', (metadata) => delete metadata.labels)).stderr).toContain('carries its label');
    expect(create(policy('shop', (metadata) => (metadata.name = 'theirs'))).stderr).toContain('bellwether-mit-*');
    expect(create(policy('shop'))).toMatchObject({ ok: true });
    expect(plane.attempt(['annotate', 'ingress/cart', '-n', 'shop', 'a/b=c', as]).stderr).toContain('only under their label');
    expect(plane.attempt(['delete', 'ingress/cart', '-n', 'shop', as]).stderr).toMatch(/forbidden/i);
    expect(
      plane.attempt([
        'delete',
        'networkpolicy',
        'bellwether-mit-x',
        '-n',
        'shop',
        '--as=system:serviceaccount:bellwether:bellwether-reaper',
      ]),
    ).toMatchObject({ ok: true });
    plane.kubectl(['create', 'serviceaccount', 'default', '-n', 'shop']);
    plane.kubectl(['run', 'cart', '-n', 'shop', '--image=cart:1']);
    const change = (image: string) =>
      plane.attempt([
        'patch',
        'pod/cart',
        '-n',
        'shop',
        as,
        '-p',
        JSON.stringify({
          metadata: {
            labels: { 'bellwether.dev/mitigation-managed': 'true' },
            annotations: { 'bellwether.dev/mitigation-expires-at': '2030-01-01T00:00:00Z' },
          },
          spec: { containers: [{ name: 'cart', image }] },
        }),
      ]);
    expect(change('theirs:1').stderr).toContain('never what runs in them');
    expect(change('cart:1')).toMatchObject({ ok: true });
    plane.kubectl(['delete', 'pod/cart', '-n', 'shop', '--grace-period=0', '--force']);
    expect(plane.attempt(['get', 'secrets', '-n', 'shop', as]).stderr).toMatch(/forbidden/i);
    expect(plane.attempt(['create', '-f', '-', '--as=system:serviceaccount:bellwether:bellwether-reaper'], policy('shop')).stderr).toMatch(
      /forbidden/i,
    );
  });

  it('takes an approval under the own name alone', async () => {
    const asked = askFor('named', {}, newClock());
    const forged = { ...asked, spec: { ...asked.spec, approval: { by: 'somebody-else', at: '2026-01-01T00:00:00Z' } } };
    const create = (object: object, ...more: string[]) => plane.attempt(['create', '-f', '-', ...more], JSON.stringify(object));
    expect(create(forged).stderr).toContain('spec.approval.by must be the name of who writes it: admin');
    // The receiver says the names of those who asked it.
    expect(create(forged, '--as=system:serviceaccount:bellwether:bellwether-receiver')).toMatchObject({ ok: true });
    plane.kubectl(['delete', 'mitigation', 'named', '-n', 'shop']);
  });

  it('refuses what makes no sense, with a reason', async () => {
    const bad = (change: object): string => {
      const base = askFor('bad', {}, newClock());
      return plane.attempt(['create', '-f', '-'], JSON.stringify({ ...base, spec: { ...base.spec, ...change } })).stderr;
    };
    expect(bad({ ttlSeconds: 20_000 })).toContain('less than or equal to 14400');
    expect(bad({ limit: { requestsPerSecond: -1 } })).toContain('greater than or equal to 1');
    expect(bad({ mode: 'now' })).toContain('supported values');
    expect(bad({ action: 'isolate', limit: { burst: 1 } })).toContain('isolation has no numbers');
    expect(bad({ action: 'limitEgress' })).toContain('limitEgress needs limit.egressBitsPerSecond');
    expect(bad({ limit: { egressBitsPerSecond: 1_000_000 } })).toContain('limitEgress needs limit.egressBitsPerSecond');
    const clock = newClock();
    const message = async (name: string, spec: Parameters<typeof askFor>[1]): Promise<string> => {
      await client.create(askFor(name, spec, clock));
      await beginLife(client, clock).engine.round();
      const { status } = await read(name);
      await client.delete({ ...MITIGATION, namespace: 'shop', name });
      expect(status?.phase).toBe('Ended');
      return status?.message ?? '';
    };
    expect(await message('unknown', { backEnd: 'apache' })).toContain(
      'the back-end apache is not known or not switched on; on are: ingress-nginx, network-policy',
    );
    expect(await message('absent', { target: { kind: 'Ingress', name: 'nowhere' }, limit: { requestsPerSecond: 10 } })).toContain(
      'nowhere',
    );
    expect(await message('wrong-kind', { target: { kind: 'Secret', name: 'cart' } })).toContain('nothing it can limit');
    expect(await message('no-numbers', {})).toContain('nothing is known of the usual traffic');
    plane.kubectl(['annotate', 'ingress/cart', '-n', 'shop', 'nginx.ingress.kubernetes.io/limit-rps=7']);
    expect(await message('taken', { limit: { requestsPerSecond: 10 } })).toContain('already carries nginx.ingress.kubernetes.io/limit-rps');
    plane.kubectl(['annotate', 'ingress/cart', '-n', 'shop', 'nginx.ingress.kubernetes.io/limit-rps-']);
    await client.create(askFor('fixed', { limit: { requestsPerSecond: 10 } }, clock));
    expect(
      plane.attempt(['patch', 'mitigation/fixed', '-n', 'shop', '--type=merge', '-p', '{"spec":{"ttlSeconds":900}}']).stderr,
    ).toContain('ttlSeconds cannot be changed');
    await beginLife(client, clock).engine.round();
    expect(plane.kubectl(['get', 'mitigations', '-A'])).toMatch(
      /NAMESPACE +NAME +TARGET +MODE +PHASE +RATE +ACCEPTED +EFFECTIVE +EXPIRES\nshop +fixed +cart +enforce +Applied +10 /,
    );
  });
});
