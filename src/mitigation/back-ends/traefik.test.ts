import { describe, expect, it } from '@jest/globals';
import type { KubernetesObject } from '../../platform/index.ts';
import { cartIngress, cartRoute, cartWorkload, changesOf, clusterOf, intentOf } from '../../testing/mitigation-builders.ts';
import { traefik } from './traefik.ts';

const dial = (
  labels: Record<string, string> = { 'bellwether.dev/mitigation-dial': 'true' },
  spec: object = { rateLimit: { sourceCriterion: { ipStrategy: { depth: 0 } } } },
): KubernetesObject => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'Middleware',
  metadata: { name: 'limit', namespace: 'shop', labels },
  spec,
});
const ingressRoute: KubernetesObject = {
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'IngressRoute',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { routes: [{ match: 'Host(`cart`)', services: [{ name: 'cart', port: 80 }], middlewares: [{ name: 'limit' }] }] },
};
const target = { kind: 'IngressRoute', namespace: 'shop', name: 'cart' };
const ingress = cartIngress('traefik.io/ingress-controller', {
  'traefik.ingress.kubernetes.io/router.middlewares': 'shop-other@kubernetescrd, shop-limit@kubernetescrd',
});
const route = cartRoute('traefik.io/gateway-controller', {
  filters: [{ type: 'ExtensionRef', extensionRef: { group: 'traefik.io', kind: 'Middleware', name: 'limit' } }],
});

describe('traefik', () => {
  it('finds routes of all three kinds', () => {
    const cluster = clusterOf(...cartWorkload(), ingressRoute, ...ingress, route);
    expect(traefik.targetsOf({ kind: 'Deployment', namespace: 'shop', name: 'cart' }, cluster).map(({ kind }) => kind)).toEqual([
      'IngressRoute',
      'Ingress',
      'HTTPRoute',
    ]);
  });

  it.each([
    ['IngressRoute', [ingressRoute]],
    ['Ingress', ingress],
    ['HTTPRoute', [route]],
  ])('turns the dial that an %s refers to, by fields that nobody sets in Git', (kind, objects) => {
    expect(changesOf(traefik, intentOf({ target: { ...target, kind } }), clusterOf(dial(), ...objects))).toEqual([
      {
        style: 'fields',
        on: { apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware', namespace: 'shop', name: 'limit' },
        fields: [
          { path: ['spec', 'rateLimit', 'average'], value: 10 },
          { path: ['spec', 'rateLimit', 'period'], value: '1s' },
          { path: ['spec', 'rateLimit', 'burst'], value: 50 },
        ],
      },
    ]);
  });

  it('counts all requests to a host together where the dial does', () => {
    const byHost = dial(undefined, { rateLimit: { sourceCriterion: { requestHost: true } } });
    const [first] = changesOf(traefik, intentOf({ target, perClient: false, burst: 0 }), clusterOf(byHost, ingressRoute));
    expect(first).toMatchObject({ fields: expect.arrayContaining([{ path: ['spec', 'rateLimit', 'burst'], value: 1 }]) });
  });

  it.each([
    [
      'a Middleware without the label',
      clusterOf(ingressRoute, dial({})),
      {},
      /no Middleware of its namespace with the label bellwether\.dev\/mitigation-dial/,
    ],
    [
      'a rate limit that could not be turned back',
      clusterOf(ingressRoute, dial(undefined, { rateLimit: {} })),
      {},
      /is empty: say at least/,
    ],
    ['a Middleware of another purpose', clusterOf(ingressRoute, dial(undefined, { stripPrefix: {} })), {}, /is no rate limit/],
    [
      'all together where the dial counts addresses',
      clusterOf(ingressRoute, dial(undefined, { rateLimit: { sourceCriterion: { ipStrategy: { depth: 1 } } } })),
      { perClient: false },
      /counts each client by itself/,
    ],
    [
      'clients where the dial counts hosts',
      clusterOf(ingressRoute, dial(undefined, { rateLimit: { sourceCriterion: { requestHost: true } } })),
      {},
      /counts all requests to a host together/,
    ],
    ['no such route', clusterOf(dial()), {}, /There is no IngressRoute/],
    ['allowed clients', clusterOf(ingressRoute, dial()), { allowedClients: ['10.0.0.1'] }, /cannot leave/],
    ['connections', clusterOf(ingressRoute, dial()), { connections: 3 }, /leave the connections out/],
  ])('refuses %s', (_, cluster, change, reason) => {
    expect(traefik.plan(intentOf({ target, ...change }), cluster)).toEqual({ state: 'refused', reason: expect.stringMatching(reason) });
  });
});
