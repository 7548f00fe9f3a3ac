import { createClusterIndex, selectorMatches } from '../cluster/cluster-index.ts';
import type { RuleInput, Violation } from '../model/policy.ts';
import { parseQuantity } from '../model/quantity.ts';
import type { JsonRecord } from '../model/value.ts';
import { viewPods } from '../pods/pod-view.ts';
import { type CelBody, createCelRule } from './cel-body.ts';
import { createSchemaRule } from './schema-body.ts';

const OBJECT: JsonRecord = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: {
    securityContext: { runAsUser: 0 },
    containers: [{ name: 'app', image: 'a', resources: { limits: { memory: '2Gi' } }, ports: [{ containerPort: 22 }] }],
  },
};
const inputOf = (object: JsonRecord, params: JsonRecord = {}): RuleInput => ({
  object,
  base: '',
  params,
  pods: viewPods(object),
  pss: { level: 'baseline', minor: 37 },
  kubernetesMinor: 37,
  request: undefined,
  oldObject: undefined,
  namespaceObject: undefined,
  cluster: undefined,
  nowMs: 0,
  duplicateKeys: [],
});
const run = (rule: ReturnType<typeof createSchemaRule>, object = OBJECT, params: JsonRecord = {}): readonly Violation[] => {
  const input = inputOf(object, params);
  if (rule.target === 'object') return rule.check(object, input);
  if (rule.target === 'pod') return rule.check(input.pods!, input);
  return input.pods!.containers.flatMap((container) => rule.check(container, input));
};
const paths = (violations: readonly Violation[]): string[] => violations.map(({ path }) => path);

describe('createSchemaRule', () => {
  const container = (schema: JsonRecord, path?: string) => createSchemaRule('container', schema, path);
  it.each([
    { name: 'a value of the container', schema: { properties: { image: { const: 'b' } } }, expected: ['/spec/containers/0/image'] },
    {
      name: 'a value inherited from the pod, at the pod',
      schema: { properties: { securityContext: { properties: { runAsUser: { minimum: 1 } } } } },
      expected: ['/spec/securityContext/runAsUser'],
    },
    { name: 'what is missing, where it belongs', schema: { required: ['livenessProbe'] }, expected: ['/spec/containers/0/livenessProbe'] },
    {
      name: 'a list item',
      schema: { properties: { ports: { items: { properties: { containerPort: { port: { min: 1024 } } } } } } },
      expected: ['/spec/containers/0/ports/0/containerPort'],
    },
    {
      name: 'a quantity',
      schema: { properties: { resources: { properties: { limits: { properties: { memory: { quantity: { max: '1Gi' } } } } } } } },
      expected: ['/spec/containers/0/resources/limits/memory'],
    },
    { name: 'alternatives once', schema: { anyOf: [{ required: ['a'] }, { required: ['b'] }] }, expected: ['/spec/containers/0'] },
    { name: 'nothing where all is well', schema: { required: ['name'] }, expected: [] },
  ])('reports $name', ({ schema, expected }) => expect(paths(run(container(schema)))).toEqual(expected));

  it('reports where it is told to', () => {
    expect(
      paths(run(container({ required: ['resources'], properties: { resources: { required: ['requests'] } } }, '/resources/requests/cpu'))),
    ).toEqual(['/spec/containers/0/resources/requests/cpu']);
  });

  it('takes null for absent', () => {
    const object = { ...OBJECT, spec: { containers: [{ name: 'app', livenessProbe: null }] } };
    expect(paths(run(container({ required: ['livenessProbe'] }), object))).toEqual(['/spec/containers/0/livenessProbe']);
    expect(paths(run(container({ properties: { livenessProbe: { type: 'object' } } }), object))).toEqual([]);
  });
});

describe('createCelRule', () => {
  const body = (expression: string, more: Partial<CelBody['validations'][number]> = {}): CelBody => ({
    validations: [{ expression, ...more }],
  });
  it.each([
    {
      name: 'an expression that is false',
      rule: createCelRule('object', body('object.spec.containers.all(c, c.image != "a")', { path: '/spec' })),
      expected: ['/spec'],
    },
    { name: 'nothing for one that is true', rule: createCelRule('object', body('size(object.spec.containers) == 1')), expected: [] },
    {
      name: 'places that an expression gives',
      rule: createCelRule('container', body('false', { pathExpression: "['/image', '/ports/0']" })),
      expected: ['/spec/containers/0/image', '/spec/containers/0/ports/0'],
    },
    { name: 'an expression that fails at run time', rule: createCelRule('object', body('object.nope.nope == 1')), expected: [''] },
    {
      name: 'numbers as integers',
      rule: createCelRule('container', body('container.ports.all(p, p.containerPort > 1023)')),
      expected: ['/spec/containers/0'],
    },
    {
      name: 'quantities',
      rule: createCelRule('container', body('quantity(container.resources.limits.memory).isLessThan(quantity("1Gi"))')),
      expected: ['/spec/containers/0'],
    },
    { name: 'optional fields', rule: createCelRule('object', body('object.?spec.?hostNetwork.orValue(false) == false')), expected: [] },
  ])('reports $name', ({ rule, expected }) => expect(paths(run(rule))).toEqual(expected));

  it('computes variables when they are read, and knows params', () => {
    const rule = createCelRule('pod', {
      variables: [
        { name: 'names', expression: 'pod.containers.map(c, c.name)' },
        { name: 'broken', expression: 'object.nope.nope' },
      ],
      validations: [{ expression: 'variables.names.all(n, n in params.allowed)', messageExpression: '"has " + variables.names[0]' }],
    });
    expect(run(rule, OBJECT, { allowed: ['app'] })).toEqual([]);
    expect(run(rule, OBJECT, { allowed: [] })).toMatchObject([{ message: 'has app' }]);
  });

  it('is not kept busy by a pattern, its own or of a schema', () => {
    const name = `${'a'.repeat(5000)}!`;
    const object = { ...OBJECT, metadata: { name } };
    const before = process.cpuUsage().user;
    const cel = createCelRule('object', { validations: [{ expression: "object.metadata.name.matches('^(a+)+$') || '.matches(' == ''" }] });
    expect(paths(run(cel, object))).toHaveLength(1);
    const schema = createSchemaRule('object', { properties: { metadata: { properties: { name: { pattern: '^(a|a)*$' } } } } }, undefined);
    expect(paths(run(schema, object))).toEqual(['/metadata/name']);
    expect(paths(run(schema))).toEqual([]);
    expect(process.cpuUsage().user - before).toBeLessThan(1_000_000);
  });

  it('judges only what its conditions let through', () => {
    const rule = createCelRule('object', {
      matchConditions: [{ name: 'pods', expression: 'object.kind == "Service"' }],
      validations: [{ expression: 'false' }],
    });
    expect(run(rule)).toEqual([]);
  });
});

describe('parseQuantity', () => {
  it.each([
    ['500m', 0.5],
    ['1Gi', 2 ** 30],
    ['1.5k', 1500],
    ['1e3', 1000],
    ['12E', 12e18],
    [2, 2],
    ['.5', 0.5],
    ['-1', -1],
    ['', undefined],
    ['1 Gi', undefined],
    ['1gi', undefined],
    ['1K', undefined],
    [null, undefined],
    [Number.NaN, undefined],
    ['9'.repeat(100), undefined],
  ])('reads %s', (value, expected) => expect(parseQuantity(value)).toBe(expected));
});

describe('createClusterIndex', () => {
  const service = (name: string, namespace?: string) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, ...(namespace ? { namespace } : {}) },
  });
  it('takes an absent namespace for any', () => {
    const index = createClusterIndex([service('a', 'x'), service('b'), service('c', 'y')]);
    const names = (namespace: string | undefined) => index.list('Service', { namespace }).map(({ name }) => name);
    expect([names('x'), names(undefined), index.list('Service').length]).toEqual([['a', 'b'], ['a', 'b', 'c'], 3]);
    expect(index.get('Service', 'x', 'c')).toBeUndefined();
    expect(index.get('Service', 'x', 'b')?.name).toBe('b');
  });

  it('lists workloads without those that another object controls', () => {
    const owned = { ...OBJECT, metadata: { name: 'p', ownerReferences: [{ controller: true }] } };
    expect(
      createClusterIndex([OBJECT, owned, service('a')])
        .workloads()
        .map(({ name }) => name),
    ).toEqual(['a']);
  });
});

describe('selectorMatches', () => {
  const labels = { app: 'web', tier: 'front' };
  it.each<{ name: string; selector: unknown; expected: boolean }>([
    { name: 'an empty selector', selector: {}, expected: true },
    { name: 'no selector', selector: undefined, expected: false },
    { name: 'labels', selector: { matchLabels: { app: 'web' } }, expected: true },
    { name: 'another value', selector: { matchLabels: { app: 'api' } }, expected: false },
    { name: 'a name that objects inherit', selector: { matchLabels: { constructor: undefined } }, expected: true },
    { name: 'In', selector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['front', 'back'] }] }, expected: true },
    { name: 'NotIn, absent label', selector: { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, expected: true },
    { name: 'Exists', selector: { matchExpressions: [{ key: 'zone', operator: 'Exists' }] }, expected: false },
    { name: 'DoesNotExist', selector: { matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }, expected: true },
    {
      name: 'an operator that does not exist',
      selector: { matchExpressions: [{ key: 'app', operator: 'Like', values: ['w'] }] },
      expected: false,
    },
  ])('judges $name', ({ selector, expected }) => expect(selectorMatches(selector, labels)).toBe(expected));
});
