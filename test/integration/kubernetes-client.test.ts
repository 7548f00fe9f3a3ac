import {
  connectToCluster,
  createKubernetesClient,
  createObjectMirror,
  type KubernetesClient,
  type KubernetesObject,
  systemClock,
  systemRandom,
} from '../../src/platform/index.ts';
import { describeWith } from './real-program.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { until } from './support/until.ts';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const LEASE = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' } as const;

interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}
interface Lease extends KubernetesObject {
  readonly spec?: { readonly holderIdentity?: string };
}

const configMap = (name: string, data: Record<string, string>): ConfigMap => ({
  ...CONFIG_MAP,
  metadata: { name, namespace: 'default' },
  data,
});
const named = (name: string) => ({ ...CONFIG_MAP, name, namespace: 'default' });

describeWith(['etcd', 'kube-apiserver', 'kubectl'], 'createKubernetesClient on a real API server', (etcd, apiserver, kubectl) => {
  let plane: ControlPlane;
  let client: KubernetesClient;
  beforeAll(async () => {
    plane = await startControlPlane({ etcd: String(etcd), apiserver: String(apiserver), kubectl: String(kubectl) });
    client = createKubernetesClient(await connectToCluster({ kubeconfig: plane.kubeconfig }));
  });
  afterAll(async () => {
    await client?.close();
    await plane?.stop();
  });

  it('knows kinds by discovery, and says which it does not know', async () => {
    expect(await client.kind({ apiVersion: 'apps/v1', kind: 'Deployment' })).toMatchObject({ resource: 'deployments', namespaced: true });
    expect(await client.kind({ apiVersion: 'v1', kind: 'Namespace' })).toMatchObject({ resource: 'namespaces', namespaced: false });
    await expect(client.list({ apiVersion: 'apps/v1', kind: 'Nonsense' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(client.list({ apiVersion: 'no.such/v1', kind: 'Thing' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('makes, finds, changes and deletes an object', async () => {
    const made = await client.create(configMap('cycle', { a: '1' }));
    await expect(client.create(configMap('cycle', {}))).rejects.toMatchObject({ code: 'conflict', reason: 'AlreadyExists' });
    expect(await client.get(named('cycle'))).toMatchObject({ data: { a: '1' } });
    await client.replace({ ...made, data: { a: '2' } });
    await expect(client.replace({ ...made, data: { a: '3' } })).rejects.toMatchObject({ code: 'conflict', reason: 'Conflict' });
    expect(await client.patch<ConfigMap>(named('cycle'), { data: { b: '4' } })).toMatchObject({ data: { a: '2', b: '4' } });
    await expect(client.delete(named('cycle'), { preconditions: { resourceVersion: '1' } })).rejects.toMatchObject({ code: 'conflict' });
    await client.delete(named('cycle'));
    await client.delete(named('cycle'));
    expect(await client.find(named('cycle'))).toBeUndefined();
    await expect(client.get(named('cycle'))).rejects.toMatchObject({ code: 'not_found', status: 404 });
  });

  it('stores nothing in a dry run, and tells what the server has against an object', async () => {
    await client.create(configMap('dry', {}), { dryRun: true });
    expect(await client.find(named('dry'))).toBeUndefined();
    await expect(client.create({ ...configMap('dry', {}), data: { a: 1 } } as never)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(client.create(configMap('Not A Name', {}))).rejects.toMatchObject({
      code: 'invalid_input',
      status: 422,
      reason: 'Invalid',
    });
  });

  it('owns only the fields that it applies', async () => {
    await client.apply(configMap('applied', { ours: '1' }), { fieldManager: 'us' });
    await client.apply(configMap('applied', { theirs: '1' }), { fieldManager: 'them' });
    await expect(client.apply(configMap('applied', { theirs: '2' }), { fieldManager: 'us' })).rejects.toMatchObject({ code: 'conflict' });
    await client.apply(configMap('applied', { theirs: '2' }), { fieldManager: 'us', force: true });
    await client.apply(configMap('applied', {}), { fieldManager: 'us' });
    expect((await client.get<ConfigMap>(named('applied'))).data).toBeUndefined();
  });

  it('lists in pages by label', async () => {
    const labels = { list: 'yes' };
    for (let i = 0; i < 5; i++) await client.create({ ...CONFIG_MAP, metadata: { name: `page-${i}`, namespace: 'default', labels } });
    const sizes: number[] = [];
    for await (const page of client.pages(CONFIG_MAP, { labelSelector: 'list=yes', pageSize: 2 })) sizes.push(page.items.length);
    expect(sizes).toEqual([2, 2, 1]);
    const { items } = await client.list(CONFIG_MAP, { labelSelector: 'list=yes', pageSize: 2 });
    expect(items.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([0, 1, 2, 3, 4].map((i) => ['ConfigMap', `page-${i}`]));
  });

  it('lets one of two take a lease', async () => {
    const name = { ...LEASE, name: 'leader', namespace: 'default' };
    const spec = (holderIdentity: string) => ({ ...LEASE, metadata: { name: 'leader', namespace: 'default' }, spec: { holderIdentity } });
    await client.create<Lease>(spec('nobody'));
    const seen = await client.get<Lease>(name);
    const take = (holderIdentity: string) => client.replace<Lease>({ ...seen, spec: { holderIdentity } });
    const outcomes = await Promise.allSettled([take('a'), take('b')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
  });

  it('refuses what the account may not do, and does not wait for ever', async () => {
    const { resourceVersion } = await client.list(CONFIG_MAP);
    const quiet = async (): Promise<void> => {
      for await (const event of client.watch(CONFIG_MAP, { resourceVersion, timeoutMs: 500 })) expect(event.type).toBe('BOOKMARK');
    };
    await expect(quiet()).rejects.toMatchObject({ code: 'timeout' });
    await expect(client.list(CONFIG_MAP, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
    await expect(connectToCluster({ kubeconfig: '/no/such/file' })).rejects.toMatchObject({ code: 'invalid_config' });
    await expect(connectToCluster({ kubeconfig: plane.kubeconfig, context: 'nope' })).rejects.toMatchObject({ code: 'invalid_config' });
  });

  it('mirrors objects, through a restart of the server too', async () => {
    const stop = new AbortController();
    const errors: string[] = [];
    const mirror = createObjectMirror<ConfigMap>({ client, clock: systemClock, random: systemRandom }, CONFIG_MAP, {
      namespace: 'default',
      labelSelector: 'mirror=yes',
      onError: ({ code }) => errors.push(code),
    });
    const running = mirror.run(stop.signal);
    const value = (want: string | undefined) =>
      until(`value ${want}`, () => (mirror.isSynced && mirror.get('seen', 'default')?.data?.a === want ? true : undefined), {
        timeoutMs: 60_000,
      });
    await value(undefined);
    await client.create({ ...configMap('seen', { a: '1' }), metadata: { name: 'seen', namespace: 'default', labels: { mirror: 'yes' } } });
    await value('1');
    await client.patch(named('seen'), { data: { a: '2' } });
    await value('2');
    await plane.restart();
    await client.patch(named('seen'), { data: { a: '3' } });
    await value('3');
    await client.delete(named('seen'));
    await value(undefined);
    stop.abort();
    await running;
  }, 120_000);
});
