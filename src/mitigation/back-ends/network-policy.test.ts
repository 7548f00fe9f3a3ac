import { describe, expect, it } from '@jest/globals';
import type { KubernetesObject } from '../../platform/index.ts';
import { cartWorkload, changesOf, clusterOf, intentOf } from '../../testing/mitigation-builders.ts';
import { ciliumNetworkPolicy } from './cilium-network-policy.ts';
import { networkPolicy } from './network-policy.ts';

const target = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
const isolate = (change = {}) => intentOf({ action: 'isolate', target, ...change });
const theirs = (spec: object): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'theirs', namespace: 'shop' },
  spec,
});
const specOf = (backEnd: typeof networkPolicy, change = {}): unknown => {
  const [first] = changesOf(backEnd, isolate(change), clusterOf(...cartWorkload()));
  return first?.style === 'object' ? first.object.spec : undefined;
};

describe('networkPolicy', () => {
  it('selects the pods of the workload and lets nothing through but the allowed clients', () => {
    expect(specOf(networkPolicy)).toEqual({ podSelector: { matchLabels: { app: 'cart' } }, policyTypes: ['Ingress', 'Egress'] });
    expect(specOf(networkPolicy, { allowedClients: ['10.0.0.1', '2001:db8::/32'] })).toMatchObject({
      ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.1/32' } }, { ipBlock: { cidr: '2001:db8::/32' } }] }],
    });
  });

  it.each([
    ['lets traffic of it through', { podSelector: {}, ingress: [{}] }, 'refused'],
    [
      'lets it out by an expression',
      { podSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['web'] }] }, egress: [{}] },
      'refused',
    ],
    ['closes everything', { podSelector: {}, policyTypes: ['Ingress'] }, 'planned'],
    ['is about other pods', { podSelector: { matchLabels: { app: 'mail' } }, ingress: [{}] }, 'planned'],
  ])('meets another policy that %s', (_, spec, state) => {
    expect(networkPolicy.plan(isolate(), clusterOf(...cartWorkload(), theirs(spec))).state).toBe(state);
  });

  it('is for workloads, and for ones that exist', () => {
    expect(networkPolicy.targetsOf(target, clusterOf())).toEqual([target]);
    expect(networkPolicy.targetsOf({ ...target, kind: 'Job' }, clusterOf())).toEqual([]);
    expect(networkPolicy.plan(isolate(), clusterOf())).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('no Deployment cart'),
    });
  });
});

describe('ciliumNetworkPolicy', () => {
  it('denies, without a default of its own, and leaves nodes their way in', () => {
    expect(specOf(ciliumNetworkPolicy, { allowedClients: ['192.0.2.0/24'] })).toEqual({
      endpointSelector: { matchLabels: { app: 'cart' } },
      enableDefaultDeny: { ingress: false, egress: false },
      ingressDeny: [
        { fromEndpoints: [{ matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'Exists' }] }] },
        { fromCIDRSet: [{ cidr: '0.0.0.0/0', except: ['192.0.2.0/24'] }, { cidr: '::/0' }] },
      ],
      egressDeny: [{ toEntities: ['all'] }],
    });
  });

  it('believes the agent where it says something', () => {
    const policy: KubernetesObject = { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: 'p' } };
    const valid = (status: string) => [{ ...policy, status: { conditions: [{ type: 'Valid', status, reason: 'Parsed' }] } }];
    expect(ciliumNetworkPolicy.acceptance([policy]).state).toBe('accepted');
    expect(ciliumNetworkPolicy.acceptance(valid('True')).state).toBe('accepted');
    expect(ciliumNetworkPolicy.acceptance(valid('False')).state).toBe('refused');
  });
});
