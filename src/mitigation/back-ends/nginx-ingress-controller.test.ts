import { describe, expect, it } from '@jest/globals';
import type { KubernetesObject } from '../../platform/index.ts';
import { cartWorkload, changesOf, clusterOf, intentOf } from '../../testing/mitigation-builders.ts';
import { nginxIngressController } from './nginx-ingress-controller.ts';

const target = { kind: 'VirtualServer', namespace: 'shop', name: 'cart' };
const server = (spec: object = { policies: [{ name: 'limit' }] }): KubernetesObject => ({
  apiVersion: 'k8s.nginx.org/v1',
  kind: 'VirtualServer',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { upstreams: [{ name: 'u', service: 'cart', port: 80 }], ...spec },
});
const dial = (rateLimit: object | undefined = { key: '$binary_remote_addr', rate: '1r/s' }, more: object = {}): KubernetesObject => ({
  apiVersion: 'k8s.nginx.org/v1',
  kind: 'Policy',
  metadata: { name: 'limit', namespace: 'shop', labels: { 'bellwether.dev/mitigation-dial': 'true' }, ...more },
  spec: rateLimit === undefined ? {} : { rateLimit },
});

describe('nginxIngressController', () => {
  it('finds VirtualServers by the Service of an upstream', () => {
    const workload = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
    expect(nginxIngressController.targetsOf(workload, clusterOf(...cartWorkload(), server()))).toEqual([target]);
    expect(nginxIngressController.targetsOf(workload, clusterOf(server()))).toEqual([]);
  });

  it.each([
    ['for the whole server', server()],
    ['for one of its routes', server({ routes: [{ path: '/', policies: [{ name: 'limit' }] }] })],
  ])('turns the dial %s', (_, route) => {
    expect(changesOf(nginxIngressController, intentOf({ target }), clusterOf(route, dial()))).toEqual([
      {
        style: 'fields',
        on: { apiVersion: 'k8s.nginx.org/v1', kind: 'Policy', namespace: 'shop', name: 'limit' },
        fields: [
          { path: ['spec', 'rateLimit', 'rate'], value: '10r/s' },
          { path: ['spec', 'rateLimit', 'burst'], value: 50 },
          { path: ['spec', 'rateLimit', 'noDelay'], value: true },
          { path: ['spec', 'rateLimit', 'rejectCode'], value: 429 },
          { path: ['spec', 'rateLimit', 'dryRun'], value: false },
        ],
      },
    ]);
  });

  it.each([
    ['a Policy without the label', clusterOf(server(), dial(undefined, { labels: {} })), {}, /no Policy of its namespace with the label/],
    [
      'a dial of another namespace',
      clusterOf(server({ policies: [{ name: 'limit', namespace: 'edge' }] }), dial(undefined, { namespace: 'edge' })),
      {},
      /no Policy of its namespace/,
    ],
    ['all together where the dial counts clients', clusterOf(server(), dial()), { perClient: false }, /counts each client by itself/],
    ['clients where the dial counts all together', clusterOf(server(), dial({ key: 'all' })), {}, /counts all clients together/],
    ['no such server', clusterOf(dial()), {}, /There is no VirtualServer/],
    ['allowed clients', clusterOf(server(), dial()), { allowedClients: ['10.0.0.1'] }, /cannot leave/],
  ])('refuses %s', (_, cluster, change, reason) => {
    expect(nginxIngressController.plan(intentOf({ target, ...change }), cluster)).toEqual({
      state: 'refused',
      reason: expect.stringMatching(reason),
    });
  });

  it.each([
    [{ state: 'Valid' }, 'accepted'],
    [{ state: 'Invalid', message: 'rate' }, 'refused'],
    [{ state: 'Warning' }, 'pending'],
    [undefined, 'pending'],
  ])('reads the state %p', (status, state) => {
    expect(nginxIngressController.acceptance([{ ...dial(), ...(status ? { status } : {}) }]).state).toBe(state);
  });
});
