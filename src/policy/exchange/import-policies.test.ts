import { evaluate } from '../evaluate.ts';
import type { JsonRecord } from '../model/value.ts';
import { policySetOf } from '../select/policy-set.ts';
import { importPolicies } from './import-policies.ts';

const VAP: JsonRecord = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'replica.limit' },
  spec: {
    matchConstraints: { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }] },
    matchConditions: [{ name: 'not-tests', expression: "object.metadata.name != 'test'" }],
    variables: [{ name: 'replicas', expression: 'object.spec.?replicas.orValue(1)' }],
    validations: [{ expression: 'variables.replicas <= 5', messageExpression: "'too many replicas: ' + string(variables.replicas)" }],
  },
};
const KYVERNO: JsonRecord = {
  apiVersion: 'policies.kyverno.io/v1alpha1',
  kind: 'ValidatingPolicy',
  metadata: {
    name: 'no-host-network',
    annotations: { 'policies.kyverno.io/title': 'No host network', 'policies.kyverno.io/severity': 'critical' },
  },
  spec: {
    validationActions: ['Audit'],
    matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods'] }] },
    validations: [{ expression: '!object.spec.?hostNetwork.orValue(false)', message: 'no host network' }],
  },
};
const deployment = (name: string, replicas: number, spec: object = { containers: [] }) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: { replicas, template: { spec } },
});

const found = (documents: readonly JsonRecord[], object: object) => {
  const policies = importPolicies(documents, 'file.yaml').map((policy) => ({
    policy,
    action: 'deny' as const,
    severity: policy.severity,
    params: {},
  }));
  return evaluate(object as JsonRecord, { policies: policySetOf(policies, { level: 'baseline', minor: 37 }) });
};

describe('importPolicies', () => {
  it('takes conditions, variables and messages of a ValidatingAdmissionPolicy', () => {
    expect(found([VAP], deployment('a', 6))).toMatchObject([
      { policy: 'replica-limit', severity: 'medium', message: 'too many replicas: 6', path: '' },
    ]);
    expect(found([VAP], deployment('a', 5))).toEqual([]);
    expect(found([VAP], deployment('test', 6))).toEqual([]);
    expect(found([VAP], { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { replicas: 9 } })).toEqual([]);
  });

  it('takes a policy that is bound to deny as high', () => {
    const binding = { kind: 'ValidatingAdmissionPolicyBinding', spec: { policyName: 'replica.limit', validationActions: ['Deny'] } };
    expect(importPolicies([VAP, binding], 'f')).toMatchObject([{ severity: 'high' }]);
  });

  it('lays a ValidatingPolicy on Pods over everything that makes them, at the real place', () => {
    expect(found([KYVERNO], deployment('a', 1, { hostNetwork: true }))).toMatchObject([
      { policy: 'no-host-network', title: 'No host network', severity: 'critical', message: 'no host network', path: '/spec/template' },
    ]);
    expect(found([KYVERNO], { apiVersion: 'v1', kind: 'Pod', spec: { hostNetwork: true } })).toHaveLength(1);
    expect(found([KYVERNO], deployment('a', 1))).toEqual([]);
    const alone = { ...KYVERNO, spec: { ...(KYVERNO.spec as object), autogen: { podControllers: { controllers: [] } } } };
    expect(found([alone], deployment('a', 1, { hostNetwork: true }))).toEqual([]);
  });

  it.each([
    { what: 'no name', change: { metadata: {} }, says: 'metadata.name is missing' },
    { what: 'params', change: { spec: { ...(VAP.spec as object), paramKind: { kind: 'ConfigMap' } } }, says: 'paramKind' },
    { what: 'no validation', change: { spec: { ...(VAP.spec as object), validations: [] } }, says: 'spec.validations is empty' },
    { what: 'unknown resources', change: { spec: { ...(VAP.spec as object), matchConstraints: {} } }, says: 'resourceRules' },
    { what: 'no CEL', change: { spec: { ...(VAP.spec as object), validations: [{ expression: '1 +' }] } }, says: 'replica.limit' },
  ])('refuses one with $what, and says which', ({ change, says }) =>
    expect(() => importPolicies([{ ...VAP, ...change }], 'file.yaml')).toThrow(says),
  );
});
