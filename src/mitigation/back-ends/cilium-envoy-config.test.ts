import { describe, expect, it } from '@jest/globals';
import type { KubernetesObject } from '../../platform/index.ts';
import { passedByBucket } from '../../testing/limiter-models.ts';
import { cartWorkload, changesOf, clusterOf, intentOf } from '../../testing/mitigation-builders.ts';
import { ciliumEnvoyConfig } from './cilium-envoy-config.ts';

const target = { kind: 'Service', namespace: 'shop', name: 'cart' };
const together = (change = {}) => intentOf({ target, perClient: false, ...change });
const textOf = (change = {}): string => {
  const [first] = changesOf(ciliumEnvoyConfig, together(change), clusterOf(...cartWorkload()));
  return first?.style === 'object' ? JSON.stringify(first.object.spec) : '';
};

describe('ciliumEnvoyConfig', () => {
  it('leads the Service through a bucket with the numbers of the intent', () => {
    expect(ciliumEnvoyConfig.targetsOf({ kind: 'Deployment', namespace: 'shop', name: 'cart' }, clusterOf(...cartWorkload()))).toEqual([
      target,
    ]);
    expect(textOf()).toContain('"services":[{"name":"cart","namespace":"shop"}]');
    expect(textOf()).toContain('"token_bucket":{"max_tokens":60,"tokens_per_fill":10,"fill_interval":"1s"}');
    expect(passedByBucket({ max: 60, perFill: 10, fillMs: 1000 }, { requestsPerSecond: 1000, seconds: 10 })).toBe(150);
  });

  it('enforces nothing in dry run', () => {
    expect(textOf({ mode: 'dryRun' })).toContain('"filter_enforced":{"default_value":{"numerator":0,');
    expect(textOf()).toContain('"filter_enforced":{"default_value":{"numerator":100,');
  });

  it.each([
    ['each client by itself', { perClient: true }, []],
    ['a Service that another configuration leads', {}, [{ services: [{ name: 'cart' }] }]],
  ])('refuses %s', (_, change, others) => {
    const configs: readonly KubernetesObject[] = others.map((spec) => ({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumEnvoyConfig',
      metadata: { name: 'theirs', namespace: 'shop' },
      spec,
    }));
    expect(ciliumEnvoyConfig.plan(together(change), clusterOf(...cartWorkload(), ...configs)).state).toBe('refused');
  });
});
