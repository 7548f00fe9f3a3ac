import { describe, expect, it } from '@jest/globals';
import type { KubernetesObject } from '../../platform/index.ts';
import { cartWorkload, clusterOf, intentOf } from '../../testing/mitigation-builders.ts';
import { ciliumBandwidth } from './cilium-bandwidth.ts';

const pod = (
  name: string,
  more: { readonly metadata?: object; readonly spec?: object; readonly status?: object } = {},
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels: { app: 'cart' }, ...more.metadata },
  spec: more.spec ?? {},
  status: more.status ?? { phase: 'Running' },
});
const planOf = (pods: readonly KubernetesObject[], egressBitsPerSecond: number | undefined = 10_000_000) =>
  ciliumBandwidth.plan(
    intentOf({
      action: 'limitEgress',
      target: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
      ...(egressBitsPerSecond === undefined ? {} : { egressBitsPerSecond }),
    }),
    clusterOf(...cartWorkload(), ...pods),
  );

describe('ciliumBandwidth', () => {
  it('annotates every running pod of the workload, and no other', () => {
    const other = pod('mail-1', { metadata: { labels: { app: 'mail' } } });
    const gone = pod('cart-0', { status: { phase: 'Succeeded' } });
    expect(planOf([pod('cart-1'), pod('cart-2'), other, gone])).toMatchObject({
      state: 'planned',
      changes: ['cart-1', 'cart-2'].map((name) => ({
        on: { kind: 'Pod', name },
        fields: [{ path: ['metadata', 'annotations', 'kubernetes.io/egress-bandwidth'], value: '10M' }],
      })),
      notes: ['2 pods may send 10Mbit/s each.'],
    });
  });

  it.each([
    [1_500_000, '1500k'],
    [2_000_000_000, '2G'],
    [123_456, '123456'],
  ])('writes %d bits per second as %s', (bits, text) => {
    expect(JSON.stringify(planOf([pod('cart-1')], bits))).toContain(`"value":"${text}"`);
  });

  it.each([
    ['without pods', [], 'has no running pods'],
    ['on the network of a node', [pod('cart-1', { spec: { hostNetwork: true } })], 'network of its node'],
    [
      'that is limited by its template',
      [pod('cart-1', { metadata: { labels: { app: 'cart' }, annotations: { 'kubernetes.io/egress-bandwidth': '1G' } } })],
      'already carries kubernetes.io/egress-bandwidth',
    ],
    ['of more pods than one change may have', Array.from({ length: 51 }, (_, i) => pod(`cart-${i}`)), 'at most 50'],
  ] as const)('refuses a workload %s', (_, pods, reason) => {
    expect(planOf(pods)).toMatchObject({ state: 'refused', reason: expect.stringContaining(reason) });
  });
});
