import { exampleObject, runExample } from '../examples/run-example.ts';
import type { Example } from '../model/policy.ts';
import type { JsonRecord } from '../model/value.ts';
import { policyPack } from '../pack/parse-pack.ts';
import { createPolicySet } from '../select/policy-set.ts';
import { exportVap } from './export-vap.ts';
import { importPolicies } from './import-policies.ts';

const OPTIONS = { exemptNamespaces: ['kube-system', 'bellwether'] };
const all = policyPack().filter(({ vap }) => vap !== undefined);
const exportOf = (id: string, more: object = {}) => exportVap(createPolicySet(policyPack(), { only: [id], ...more }).policies, OPTIONS);

/** What only a Bellwether knows: versions, params, other objects. */
const isPlain = ({ pss, params, objects, oldObject, request, kubernetes, duplicateKeys }: Example): boolean =>
  pss?.version === undefined &&
  // The stricter of two levels is exported.
  pss?.level !== 'baseline' &&
  [params, objects, oldObject, request, kubernetes, duplicateKeys].every((value) => value === undefined);

describe('exportVap', () => {
  it('knows the Pod Security Standards and more', () => {
    expect(all.length).toBeGreaterThanOrEqual(35);
    const { left } = exportVap(createPolicySet(policyPack(), { profile: 'restricted' }).policies, OPTIONS);
    expect(left).toEqual([]);
  });

  it.each(all)('gives $id an export that judges its examples as the policy does', (policy) => {
    const { objects } = exportOf(policy.id);
    const [imported] = importPolicies(JSON.parse(JSON.stringify(objects)) as JsonRecord[], 'export');
    const verdicts = [
      ...policy.examples.good.map((example) => ({ example, isBad: false })),
      ...policy.examples.bad.map((example) => ({ example, isBad: true })),
    ]
      .filter(({ example }) => isPlain(example))
      .map(({ example, isBad }) => ({ name: example.name, isBad, found: runExample(imported!, {} as Example, exampleObject(example)) }));
    expect(verdicts.some(({ isBad }) => isBad)).toBe(true);
    for (const { name, isBad, found } of verdicts) {
      expect([name, found.length > 0]).toEqual([name, isBad]);
      // An expression that fails would be a finding, too.
      for (const { message } of found) expect(message).toContain(policy.title);
    }
  });

  it('binds each policy with its action, outside the exempt namespaces', () => {
    expect(exportOf('privileged', { actions: { privileged: 'warn' } }).objects[1]).toMatchObject({
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'bellwether-privileged' },
      spec: {
        policyName: 'bellwether-privileged',
        validationActions: ['Warn'],
        matchResources: {
          namespaceSelector: {
            matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'bellwether'] }],
          },
        },
      },
    });
  });

  it('judges everything that makes pods, and debug containers', () => {
    const [policy] = exportOf('privileged').objects as [{ spec: { matchConstraints: { resourceRules: { resources: string[] }[] } } }];
    expect(policy.spec.matchConstraints.resourceRules.flatMap(({ resources }) => resources)).toEqual([
      ...['pods', 'replicationcontrollers', 'podtemplates', 'pods/ephemeralcontainers'],
      ...['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs'],
    ]);
  });

  it('leaves out what CEL cannot say, and what has params of its own', () => {
    expect(exportOf('credential-in-env')).toEqual({ objects: [], left: ['credential-in-env'] });
    expect(exportOf('host-ports', { params: { 'host-ports': { allowed: ['8080'] } } })).toEqual({ objects: [], left: ['host-ports'] });
  });
});
