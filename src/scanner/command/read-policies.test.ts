import { policyPack } from '../../policy/index.ts';
import { withOwnPolicies } from './read-policies.ts';

const VAP = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: few-replicas }
spec:
  matchConstraints: { resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }] }
  validations: [{ expression: object.spec.replicas <= 2, message: too many }]
`;
const OURS = `id: no-deputy
group: cluster
title: Deputy
severity: low
why: None.
fix: Remove it.
match: { target: object, kinds: [ConfigMap] }
message: "{name} is a deputy"
schema: { properties: { deputy: { const: false } } }
examples:
  good: [{ name: none, object: { apiVersion: v1, kind: ConfigMap } }]
  bad: [{ name: one, object: { apiVersion: v1, kind: ConfigMap, deputy: true }, path: /deputy }]
`;
const own = (...texts: readonly string[]): readonly string[] =>
  withOwnPolicies(
    policyPack(),
    texts.map((text, i) => ({ path: `${i}.yaml`, text })),
  )
    .slice(policyPack().length)
    .map(({ id }) => id);

describe('withOwnPolicies', () => {
  it('adds policies of all forms behind the pack, and passes over other objects', () =>
    expect(own(`${VAP}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n`, OURS)).toEqual(['few-replicas', 'no-deputy']));

  it('refuses an id that is there already, and says where', () => {
    expect(() => own(OURS, OURS)).toThrow('1.yaml: there is a policy no-deputy already, in 0.yaml');
    expect(() => own(OURS.replace('no-deputy', 'privileged'))).toThrow('in the policies of Bellwether');
  });

  it('refuses what is no YAML, and no policy', () => {
    expect(() => own('a: [')).toThrow('0.yaml is not YAML');
    expect(() => own('id: x\n')).toThrow('0.yaml is not a policy');
  });
});
