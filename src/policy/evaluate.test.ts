import { createClusterIndex } from './cluster/cluster-index.ts';
import { evaluate } from './evaluate.ts';
import { fingerprintOf } from './model/fingerprint.ts';
import { objectRule, type Policy, podRule, type Rule } from './model/policy.ts';
import type { JsonRecord } from './model/value.ts';
import { policyPack } from './pack/parse-pack.ts';
import { policySetOf } from './select/policy-set.ts';

const setOf = (rule: Rule, change: Partial<Policy> = {}) => {
  const policy: Policy = {
    ...policyPack()[0]!,
    id: 'test',
    message: '{kind} {name} has {value}',
    rule,
    match: { target: rule.target, kinds: undefined, needs: 'nothing' },
    ...change,
  };
  return policySetOf([{ policy, action: 'warn', severity: 'low', params: {} }], { level: 'baseline', minor: 37 });
};
const POD: JsonRecord = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'n' },
  spec: { containers: [{ name: 'c', image: 'i' }] },
};
const flagPods = podRule(({ path }) => [{ path: `${path}/x`, value: 1, container: 'c' }]);

describe('evaluate', () => {
  it('makes findings with object, message, image, severity and page', () => {
    expect(evaluate(POD, { policies: setOf(flagPods) })).toEqual([
      expect.objectContaining({
        policy: 'test',
        action: 'warn',
        severity: 'low',
        object: { apiVersion: 'v1', kind: 'Pod', namespace: 'n', name: 'a' },
        container: 'c',
        image: 'i',
        path: '/spec/x',
        message: 'Pod a has 1',
        docs: 'docs/policies/test.md',
      }),
    ]);
  });

  it('takes lists apart, also typed ones whose items leave out their kind', () => {
    const { apiVersion: _, kind: __, ...bare } = POD;
    const list = { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'PodList', items: [bare, POD] }, null, 'x'] };
    expect(evaluate(list, { policies: setOf(flagPods) }).map(({ path }) => path)).toEqual([
      '/items/0/items/0/spec/x',
      '/items/0/items/1/spec/x',
    ]);
  });

  it('names the controlling owner', () => {
    const owned = {
      ...POD,
      metadata: {
        name: 'a',
        namespace: 'n',
        ownerReferences: [{ kind: 'X' }, { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', controller: true }],
      },
    };
    expect(evaluate(owned, { policies: setOf(flagPods) })[0]?.owner).toEqual({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      namespace: 'n',
      name: 'r',
    });
  });

  it('makes a rule that fails a finding', () => {
    const broken = objectRule(() => {
      throw new Error('odd');
    });
    expect(evaluate(POD, { policies: setOf(broken, { match: { target: 'object', kinds: ['Pod'], needs: 'nothing' } }) })).toMatchObject([
      { path: '', message: 'the policy test could not be evaluated: odd' },
    ]);
  });

  it('keeps policies that need other objects for the part in which they are there', () => {
    const policies = setOf(flagPods, { match: { target: 'pod', kinds: undefined, needs: 'cluster' } });
    const cluster = createClusterIndex([POD]);
    const counts = [{}, { cluster, part: 'object' as const }, { cluster, part: 'cluster' as const }, { cluster }].map(
      (context) => evaluate(POD, { policies, ...context }).length,
    );
    expect(counts).toEqual([0, 0, 1, 1]);
    expect(evaluate(POD, { policies: setOf(flagPods), cluster, part: 'cluster' })).toEqual([]);
  });

  it('matches kinds with their group', () => {
    const policies = setOf(
      objectRule(() => [{ path: '' }]),
      { match: { target: 'object', kinds: ['apps/Deployment', 'Service'], needs: 'nothing' } },
    );
    const count = (apiVersion: string, kind: string) => evaluate({ apiVersion, kind }, { policies }).length;
    expect([
      count('apps/v1', 'Deployment'),
      count('v1', 'Service'),
      count('serving.knative.dev/v1', 'Service'),
      count('v1', 'Deployment'),
    ]).toEqual([1, 1, 0, 0]);
  });
});

describe('fingerprintOf', () => {
  it('depends on policy, object and path, not on the value', () => {
    const [finding] = evaluate(POD, { policies: setOf(flagPods) });
    const same = fingerprintOf({ ...finding!, value: 2, message: 'other' });
    expect(same).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprintOf(finding!)).toBe(same);
    expect(fingerprintOf({ ...finding!, path: '/spec/y' })).not.toBe(same);
    expect(fingerprintOf({ ...finding!, object: { ...finding!.object, namespace: 'm' } })).not.toBe(same);
  });
});
