import { describe, expect, it } from '@jest/globals';
import type { KubernetesObject } from '../../platform/index.ts';
import { passedByBucket } from '../../testing/limiter-models.ts';
import { cartRoute, changesOf, clusterOf, intentOf } from '../../testing/mitigation-builders.ts';
import { envoyGateway } from './envoy-gateway.ts';

const route = cartRoute('gateway.envoyproxy.io/gatewayclass-controller');
const theirs = (spec: object): KubernetesObject => ({
  apiVersion: 'gateway.envoyproxy.io/v1alpha1',
  kind: 'BackendTrafficPolicy',
  metadata: { name: 'theirs', namespace: 'shop' },
  spec,
});

interface Rule {
  readonly clientSelectors?: readonly object[];
  readonly limit: { readonly requests: number; readonly unit: string };
}

const policyOf = (change = {}): KubernetesObject => {
  const [first] = changesOf(envoyGateway, intentOf(change), clusterOf(route));
  if (first?.style !== 'object') throw new Error('no object');
  return first.object;
};
const rulesOf = (change = {}): readonly Rule[] =>
  (policyOf(change).spec as { rateLimit: { local: { rules: Rule[] } } }).rateLimit.local.rules;

describe('envoyGateway', () => {
  it('merges into the policy of the gateway and counts each address of both families by itself', () => {
    expect(policyOf().spec).toMatchObject({ mergeType: 'StrategicMerge', targetRefs: [{ kind: 'HTTPRoute', name: 'cart' }] });
    expect(rulesOf()).toEqual([
      { clientSelectors: [{ sourceCIDR: { type: 'Distinct', value: '0.0.0.0/0' } }], limit: { requests: 10, unit: 'Second' } },
      { clientSelectors: [{ sourceCIDR: { type: 'Distinct', value: '::/0' } }], limit: { requests: 10, unit: 'Second' } },
    ]);
  });

  it('has one bucket for all together, leaves one range out, and limits open requests', () => {
    expect(rulesOf({ perClient: false, requestsPerSecond: 2.5 })).toEqual([{ limit: { requests: 150, unit: 'Minute' } }]);
    expect(rulesOf({ allowedClients: ['10.1.2.3'] })[0]?.clientSelectors).toEqual([
      { sourceCIDR: { type: 'Distinct', value: '10.1.2.3/32', invert: true } },
    ]);
    expect(policyOf({ connections: 20 }).spec).toMatchObject({ circuitBreaker: { maxParallelRequests: 20 } });
  });

  it('lets a second of requests through at once and its rate from then on', () => {
    const { requests } = rulesOf()[0]!.limit;
    const bucket = { max: requests, perFill: requests, fillMs: 1000 };
    expect(passedByBucket(bucket, { requestsPerSecond: 1000, seconds: 10 })).toBe(100);
    expect(passedByBucket(bucket, { requestsPerSecond: 5, seconds: 10 })).toBe(50);
  });

  it.each([
    ['by name', { targetRef: { kind: 'HTTPRoute', name: 'cart' } }, 'refused'],
    ['by a list of names', { targetRefs: [{ kind: 'HTTPRoute', name: 'cart' }] }, 'refused'],
    ['by labels', { targetSelectors: [{ kind: 'HTTPRoute', matchLabels: {} }] }, 'refused'],
    ['by labels that the route lacks', { targetSelectors: [{ kind: 'HTTPRoute', matchLabels: { team: 'x' } }] }, 'planned'],
    ['for its gateway', { targetRefs: [{ kind: 'Gateway', name: 'edge' }] }, 'planned'],
  ])('meets a policy %s', (_, spec, state) => {
    expect(envoyGateway.plan(intentOf(), clusterOf(route, theirs(spec))).state).toBe(state);
  });

  it('refuses more than one range of allowed clients', () => {
    expect(envoyGateway.plan(intentOf({ allowedClients: ['10.0.0.1', '10.0.0.2'] }), clusterOf(route))).toEqual({
      state: 'refused',
      reason: expect.stringContaining('one range of addresses'),
    });
  });

  it('does not take an older version for one that leaves addresses out', () => {
    const written = policyOf({ allowedClients: ['10.1.2.3'] });
    const status = { ancestors: [{ conditions: [{ type: 'Accepted', status: 'True' }] }] };
    expect(envoyGateway.acceptance([{ ...written, status }]).state).toBe('accepted');
    const dropped = JSON.parse(JSON.stringify(written).replace(',"invert":true', '')) as KubernetesObject;
    expect(envoyGateway.acceptance([{ ...dropped, status }])).toMatchObject({ state: 'refused', reason: expect.stringContaining('1.9') });
    expect(envoyGateway.acceptance([{ ...policyOf(), status }]).state).toBe('accepted');
  });
});
