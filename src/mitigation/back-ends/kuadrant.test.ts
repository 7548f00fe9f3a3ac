import { describe, expect, it } from '@jest/globals';
import type { KubernetesObject } from '../../platform/index.ts';
import { cartRoute, changesOf, clusterOf, intentOf } from '../../testing/mitigation-builders.ts';
import { kuadrant } from './kuadrant.ts';

const route = cartRoute('istio.io/gateway-controller');
const gateway: KubernetesObject = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'edge', namespace: 'shop' },
};
const theirs = (spec: object): KubernetesObject => ({
  apiVersion: 'kuadrant.io/v1',
  kind: 'RateLimitPolicy',
  metadata: { name: 'theirs', namespace: 'shop' },
  spec,
});
const specOf = (change = {}): unknown => {
  const [first] = changesOf(kuadrant, intentOf(change), clusterOf(route, gateway));
  return first?.style === 'object' ? first.object.spec : undefined;
};
const onGateway = { kind: 'Gateway', namespace: 'shop', name: 'edge' };

describe('kuadrant', () => {
  it('limits a route by client address, and overrides what the routes of a gateway say', () => {
    expect(specOf()).toEqual({
      targetRef: { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'cart' },
      limits: { bellwether: { rates: [{ limit: 10, window: '1s' }], counters: [{ expression: 'source.remote_address' }] } },
    });
    expect(specOf({ target: onGateway, perClient: false, requestsPerSecond: 0.5 })).toEqual({
      targetRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge' },
      overrides: { strategy: 'merge', limits: { bellwether: { rates: [{ limit: 30, window: '1m' }] } } },
    });
  });

  it.each([
    ['for the same route', { targetRef: { kind: 'HTTPRoute', name: 'cart' } }, 'refused'],
    ['that overrides on a gateway', { targetRef: { kind: 'Gateway', name: 'edge' }, overrides: {} }, 'refused'],
    ['with defaults on a gateway', { targetRef: { kind: 'Gateway', name: 'edge' }, defaults: {} }, 'planned'],
  ])('meets a policy %s', (_, spec, state) => {
    expect(kuadrant.plan(intentOf(), clusterOf(route, theirs(spec))).state).toBe(state);
  });

  it('waits until the policy is enforced, not only accepted', () => {
    const condition = (type: string, status: string) => ({ type, status, reason: 'R' });
    const policy = (...conditions: object[]) => [{ ...theirs({}), status: { conditions } }];
    expect(kuadrant.acceptance(policy(condition('Accepted', 'True'))).state).toBe('pending');
    expect(kuadrant.acceptance(policy(condition('Accepted', 'True'), condition('Enforced', 'False'))).state).toBe('refused');
    expect(kuadrant.acceptance(policy(condition('Accepted', 'True'), condition('Enforced', 'True'))).state).toBe('accepted');
  });
});
