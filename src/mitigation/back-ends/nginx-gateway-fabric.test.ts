import { describe, expect, it } from '@jest/globals';
import type { KubernetesObject } from '../../platform/index.ts';
import { cartRoute, cartWorkload, changesOf, clusterOf, intentOf } from '../../testing/mitigation-builders.ts';
import { nginxGatewayFabric } from './nginx-gateway-fabric.ts';

const CONTROLLER = 'gateway.nginx.org/nginx-gateway-controller';
const route = cartRoute(CONTROLLER);

const policy = (rateLimit: object, name = 'theirs'): KubernetesObject => ({
  apiVersion: 'gateway.nginx.org/v1alpha1',
  kind: 'RateLimitPolicy',
  metadata: { name, namespace: 'shop' },
  spec: { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'cart' }], rateLimit },
});

const objectOf = (change = {}): KubernetesObject => {
  const [first] = changesOf(nginxGatewayFabric, intentOf(change), clusterOf(route));
  if (first?.style !== 'object') throw new Error('no object');
  return first.object;
};

describe('nginxGatewayFabric', () => {
  it('finds the routes of its own gateways that lead to a workload', () => {
    const workload = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
    const elsewhere = { ...cartRoute('example.com/other'), metadata: { name: 'other', namespace: 'shop' } };
    expect(nginxGatewayFabric.targetsOf(workload, clusterOf(...cartWorkload(), route, elsewhere))).toEqual([
      { kind: 'HTTPRoute', namespace: 'shop', name: 'cart' },
    ]);
    expect(nginxGatewayFabric.targetsOf({ ...workload, name: 'mail' }, clusterOf(...cartWorkload(), route))).toEqual([]);
  });

  it('plans one policy for the route with the numbers of the intent', () => {
    expect(objectOf()).toMatchObject({
      metadata: { namespace: 'shop', name: 'bellwether-mit-m-cart' },
      spec: {
        targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'cart' }],
        rateLimit: {
          rejectCode: 429,
          local: { rules: [{ key: '$binary_remote_addr', rate: '10r/s', burst: 50, noDelay: true }] },
        },
      },
    });
    expect(objectOf().spec).not.toHaveProperty('rateLimit.dryRun');
  });

  it('counts all together under one key, says fractions per minute, and runs dry by itself', () => {
    expect(objectOf({ perClient: false, requestsPerSecond: 0.5, burst: 0, mode: 'dryRun' }).spec).toMatchObject({
      rateLimit: { dryRun: true, local: { rules: [{ key: 'all', rate: '30r/m' }] } },
    });
  });

  it.each([
    [
      'another policy that says a reject code',
      clusterOf(route, policy({ rejectCode: 503 })),
      {},
      /RateLimitPolicy shop\/theirs already acts/,
    ],
    ['another policy that runs dry', clusterOf(route, policy({ dryRun: true })), {}, /older one wins/],
    ['no such route', clusterOf(), {}, /There is no HTTPRoute cart in namespace shop/],
    ['a route of another controller', clusterOf(cartRoute('example.com/other')), {}, /attached to no gateway of NGINX Gateway Fabric/],
    ['allowed clients', clusterOf(route), { allowedClients: ['10.0.0.0/8'] }, /cannot leave 10\.0\.0\.0\/8 out/],
    ['a limit of connections', clusterOf(route), { connections: 5 }, /cannot limit open connections/],
  ])('refuses %s', (_, view, change, reason) => {
    expect(nginxGatewayFabric.plan(intentOf(change), view)).toEqual({ state: 'refused', reason: expect.stringMatching(reason) });
  });

  it('goes beside a policy that says nothing which clashes, and beside its own from before', () => {
    const rules = policy({ local: { rules: [] } });
    expect(nginxGatewayFabric.plan(intentOf(), clusterOf(route, rules, policy({ rejectCode: 429 }, 'bellwether-mit-m-cart'))).state).toBe(
      'planned',
    );
  });

  it('tells that every instance of the gateway counts by itself', () => {
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'edge-nginx', namespace: 'shop', labels: { 'gateway.networking.k8s.io/gateway-name': 'edge' } },
      spec: { replicas: 3 },
    };
    const notesWith = (...objects: KubernetesObject[]) => {
      const outcome = nginxGatewayFabric.plan(intentOf(), clusterOf(route, ...objects));
      return outcome.state === 'planned' ? outcome.notes : [];
    };
    expect(notesWith(deployment)).toEqual([
      'Gateway edge has 3 instances and each counts by itself: together they let up to 30 requests per second through.',
    ]);
    expect(notesWith({ ...deployment, spec: { replicas: 1 } })).toEqual([]);
    expect(notesWith()).toEqual([expect.stringContaining('not known')]);
  });
});
