import { describe, expect, it } from '@jest/globals';
import type { KubernetesObject } from '../../platform/index.ts';
import { passedByWindows } from '../../testing/limiter-models.ts';
import { cartIngress, cartRoute, cartWorkload, changesOf, clusterOf, intentOf } from '../../testing/mitigation-builders.ts';
import { kong } from './kong.ts';

const target = { kind: 'Ingress', namespace: 'shop', name: 'cart' };
const NAMES = { 'konghq.com/plugins': 'auth, limit' };
const ingress = cartIngress('ingress-controllers.konghq.com/kong', NAMES);
const dial = (
  config: object = { hour: 100_000_000, limit_by: 'ip', policy: 'local' },
  plugin = 'rate-limiting',
  annotations = {},
): KubernetesObject => ({
  apiVersion: 'configuration.konghq.com/v1',
  kind: 'KongPlugin',
  metadata: { name: 'limit', namespace: 'shop', labels: { 'bellwether.dev/mitigation-dial': 'true' }, annotations },
  plugin,
  config,
});

describe('kong', () => {
  it('finds Ingresses and HTTPRoutes', () => {
    const workload = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
    const cluster = clusterOf(...cartWorkload(), ...ingress, cartRoute('konghq.com/kic-gateway-controller'));
    expect(kong.targetsOf(workload, cluster).map(({ kind }) => kind)).toEqual(['Ingress', 'HTTPRoute']);
  });

  it.each([
    ['a second', 10, [{ path: ['config', 'second'], value: 10 }]],
    ['a minute', 0.5, [{ path: ['config', 'minute'], value: 30 }]],
  ])('adds a window of %s to the dial', (_, requestsPerSecond, fields) => {
    expect(changesOf(kong, intentOf({ target, requestsPerSecond }), clusterOf(...ingress, dial()))).toEqual([
      { style: 'fields', on: { apiVersion: 'configuration.konghq.com/v1', kind: 'KongPlugin', namespace: 'shop', name: 'limit' }, fields },
    ]);
  });

  it('lets the rate through in each second, and no burst', () => {
    expect(passedByWindows({ limit: 10, seconds: 1 }, { requestsPerSecond: 1000, seconds: 10 })).toBe(100);
    expect(passedByWindows({ limit: 10, seconds: 1 }, { requestsPerSecond: 5, seconds: 10 })).toBe(50);
  });

  it.each([
    ['a plugin of another purpose', clusterOf(...ingress, dial({}, 'cors')), {}, /is cors, not rate-limiting/],
    ['a dial that has the window already', clusterOf(...ingress, dial({ second: 5, limit_by: 'ip' })), {}, /sets config\.second already/],
    ['clients where it counts consumers', clusterOf(...ingress, dial({ hour: 5 })), {}, /counts by consumer/],
    ['all together where it counts clients', clusterOf(...ingress, dial()), { perClient: false }, /counts by ip/],
    ['no dial', clusterOf(...ingress), {}, /names no KongPlugin of its namespace/],
    ['no such route', clusterOf(dial()), {}, /There is no Ingress/],
  ])('refuses %s', (_, cluster, change, reason) => {
    expect(kong.plan(intentOf({ target, ...change }), cluster)).toEqual({ state: 'refused', reason: expect.stringMatching(reason) });
  });

  it('plans the same again for what a mitigation has set', () => {
    const ours = dial({ second: 10, limit_by: 'ip' }, 'rate-limiting', { 'bellwether.dev/mitigation-restore': '{}' });
    expect(kong.plan(intentOf({ target }), clusterOf(...ingress, ours)).state).toBe('planned');
  });
});
