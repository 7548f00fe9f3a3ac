import { fileURLToPath } from 'node:url';
import { createRouteBook } from '../../src/decoy/index.ts';
import { connectToCluster, createKubernetesClient, type KubernetesClient } from '../../src/platform/index.ts';
import { describeWith } from './real-program.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { until } from './support/until.ts';

const INGRESS = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: {
    ingressClassName: 'nginx',
    rules: [
      {
        host: 'shop.example.org',
        http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'cart', port: { number: 80 } } } }] },
      },
    ],
  },
};

describeWith(['etcd', 'kube-apiserver', 'kubectl'], 'routes to a decoy on a real API server', (etcd, apiserver, kubectl) => {
  let plane: ControlPlane;
  let client: KubernetesClient;
  let nowMs = Date.parse('2026-05-11T12:00:00Z');
  const place = { service: 'bellwether-decoy', namespace: 'bellwether-decoy', port: 80 };
  const clock = {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const book = () => createRouteBook({ client, clock }, place, { namespace: 'bellwether', name: 'bellwether-mitigation' });
  const request = () => ({
    kind: 'Ingress',
    namespace: 'shop',
    name: 'cart',
    marker: { header: 'X-Suspect', value: '1' },
    addresses: [],
    approvedBy: 'ann',
    reason: 'scanner of last night',
    expiresAtMs: nowMs + 900_000,
  });
  beforeAll(async () => {
    plane = await startControlPlane({ etcd: String(etcd), apiserver: String(apiserver), kubectl: String(kubectl) });
    client = createKubernetesClient(await connectToCluster({ kubeconfig: plane.kubeconfig }));
    for (const name of ['shop', 'bellwether']) plane.kubectl(['create', 'namespace', name]);
    plane.kubectl(['apply', '-f', '-'], JSON.stringify(INGRESS));
  });
  afterAll(async () => {
    await client?.close();
    await plane?.stop();
  });
  const ingresses = (): string[] => plane.kubectl(['get', 'ingress,service', '-n', 'shop', '-o', 'name']).trim().split('\n');

  it('are made beside the route of the user, which stays as it was, and are taken back whole', async () => {
    const before = plane.kubectl(['get', 'ingress', '-n', 'shop', 'cart', '-o', 'json']);
    const [alias] = await book().apply(request());
    expect(ingresses()).toHaveLength(3);
    expect((await book().list()).map(({ kind }) => kind)).toEqual(['Ingress', 'Service']);
    expect(plane.kubectl(['get', 'ingress', '-n', 'shop', 'cart', '-o', 'json'])).toBe(before);
    expect(await book().revert(String(alias?.metadata.name))).toBe(2);
    expect(ingresses()).toEqual(['ingress.networking.k8s.io/cart']);
  });

  it('end by themselves, and not before', async () => {
    await book().apply(request());
    nowMs += 899_000;
    expect(await book().expire()).toBe(0);
    nowMs += 2_000;
    expect(await book().expire()).toBe(2);
    expect(ingresses()).toEqual(['ingress.networking.k8s.io/cart']);
  });

  it('are taken away within seconds of their end by a run that waits for it', async () => {
    await book().apply(request());
    nowMs += 870_000;
    expect(await book().expire(20_000)).toBe(0);
    expect(await book().expire(50_000)).toBe(2);
    expect(ingresses()).toEqual(['ingress.networking.k8s.io/cart']);
  });

  it('go, and none begins, once everything is to be taken back', async () => {
    const emergency = (value: string) => {
      plane.kubectl(['delete', 'configmap', '-n', 'bellwether', 'bellwether-mitigation', '--ignore-not-found']);
      plane.kubectl(['create', 'configmap', '-n', 'bellwether', 'bellwether-mitigation', `--from-literal=enabled=${value}`]);
    };
    await book().apply(request());
    emergency('false');
    expect(await book().expire()).toBe(0);
    emergency('revert');
    expect(await book().expire()).toBe(2);
    await expect(book().apply(request())).rejects.toMatchObject({
      message: 'nothing may begin: everything is taken back by the ConfigMap bellwether/bellwether-mitigation',
    });
    expect(ingresses()).toEqual(['ingress.networking.k8s.io/cart']);
    emergency('true');
  });

  it('say what is missing', async () => {
    await expect(book().apply({ ...request(), name: 'none' })).rejects.toMatchObject({
      code: 'forbidden',
      message: 'there is no Ingress shop/none',
    });
  });

  it('have a component that a real API server takes, as it takes that of collectors', () => {
    for (const part of ['collector', 'decoy']) {
      const folder = fileURLToPath(new URL(`../../manifests/overlays/${part}`, import.meta.url));
      plane.kubectl(['apply', '--server-side', '-k', folder]);
      // What the server filled in is no difference to what is in Git.
      expect(plane.attempt(['diff', '--server-side', '-k', folder])).toMatchObject({ ok: true, stdout: '' });
    }
    expect(plane.kubectl(['get', 'daemonset', '-n', 'bellwether-collector', '-o', 'name']).trim()).toBe(
      'daemonset.apps/bellwether-collector',
    );
  });

  it('can be taken away by the expiry of the bundle, and nothing else can', async () => {
    const [alias] = await book().apply(request());
    const name = String(alias?.metadata.name);
    const account = '--as=system:serviceaccount:bellwether-decoy:bellwether-decoy-expiry';
    plane.kubectl(['create', 'service', 'externalname', 'theirs', '-n', 'shop', '--external-name', 'example.org']);
    const remove = (what: string) => plane.attempt(['delete', 'service', '-n', 'shop', what, account, '--dry-run=server']);
    // The API server takes up a new policy after a moment.
    const refused = await until('the guard', async () => (remove('theirs').ok ? undefined : remove('theirs')), {
      timeoutMs: 60_000,
      everyMs: 500,
    });
    expect(refused.stderr).toContain('may delete nothing but routes to decoys');
    expect(remove(name)).toMatchObject({ ok: true });
    const may = (verb: string, what: string, namespace: string) =>
      plane.attempt(['auth', 'can-i', verb, what, '-n', namespace, account]).ok;
    expect([
      may('get', 'configmaps/bellwether-mitigation', 'bellwether'),
      may('get', 'configmaps/other', 'bellwether'),
      may('update', 'configmaps/bellwether-mitigation', 'bellwether'),
    ]).toEqual([true, false, false]);
    expect(await book().revert(name)).toBe(2);
  });
});
