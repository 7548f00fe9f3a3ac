import { dump } from 'js-yaml';
import { containerRule, objectRule } from '../model/policy.ts';
import type { JsonRecord } from '../model/value.ts';
import { loadPolicy, parsePolicy } from './load-policy.ts';

const BUILTINS = { 'a-container': containerRule(() => []), 'an-object': objectRule(() => []) };
const FILE: JsonRecord = {
  id: 'a-policy',
  group: 'images',
  title: 'A policy',
  severity: 'low',
  why: 'why',
  fix: 'fix',
  match: { target: 'container' },
  message: 'container {container} is wrong',
  builtin: 'a-container',
  examples: { good: [{ name: 'good', container: {} }], bad: [{ name: 'bad', container: {}, path: '/spec' }] },
};

describe('loadPolicy', () => {
  it('loads a complete file', () => {
    const policy = loadPolicy(FILE, 'a.yaml', BUILTINS);
    expect(policy).toMatchObject({ id: 'a-policy', optIn: false, requiredParams: [], match: { needs: 'nothing' } });
    expect(policy.examples.bad[0]?.paths).toEqual(['/spec']);
  });

  it.each([
    { name: 'no bad example', change: { examples: { good: FILE.examples, bad: [] } }, says: 'examples.bad' },
    { name: 'no examples', change: { examples: undefined }, says: 'examples is missing' },
    {
      name: 'a bad example without a path',
      change: { examples: { good: [{ name: 'g', pod: {} }], bad: [{ name: 'b', pod: {} }] } },
      says: 'examples.bad[0] needs path or paths',
    },
    {
      name: 'an example of two forms',
      change: { examples: { good: [{ name: 'g', pod: {}, object: {} }], bad: [{ name: 'b', pod: {}, path: '' }] } },
      says: 'examples.good[0] needs one of',
    },
    { name: 'two bodies', change: { schema: {} }, says: 'it needs one body of builtin, schema, cel, but has builtin, schema' },
    { name: 'no body', change: { builtin: undefined }, says: 'but has none' },
    { name: 'an unknown builtin', change: { builtin: 'toString' }, says: 'builtin toString does not exist' },
    { name: 'a builtin for another target', change: { builtin: 'an-object' }, says: 'judges a object, but match.target is container' },
    {
      name: 'an object policy without kinds',
      change: { builtin: 'an-object', match: { target: 'object' } },
      says: 'match.kinds is missing',
    },
    { name: 'an unknown key', change: { sevrity: 'low' }, says: 'did you mean severity?' },
    { name: 'a wrong id', change: { id: 'A_Policy' }, says: 'id is "A_Policy"' },
    {
      name: 'CEL that cannot be parsed',
      change: { builtin: undefined, cel: { validations: [{ expression: 'a ==' }] } },
      says: 'a.yaml is not a policy',
    },
    { name: 'a schema that is none', change: { builtin: undefined, schema: { type: 'strange' } }, says: 'a.yaml is not a policy' },
  ])('refuses $name', ({ change, says }) => {
    const content = Object.fromEntries(Object.entries({ ...FILE, ...change }).filter(([, value]) => value !== undefined));
    expect(() => loadPolicy(content, 'a.yaml', BUILTINS)).toThrow(says);
  });

  it('reads the text of a file and says when it is not YAML', () => {
    expect(parsePolicy(dump(FILE), 'a.yaml', BUILTINS).id).toBe('a-policy');
    expect(() => parsePolicy('a: [', 'a.yaml', BUILTINS)).toThrow('a.yaml is not YAML');
  });

  it('fills in defaults of params and tells all that is wrong with given ones', () => {
    const params = { min: { description: 'd', type: 'integer', default: 2 }, max: { description: 'd', type: 'integer' } };
    const policy = loadPolicy({ ...FILE, params }, 'a.yaml', BUILTINS);
    expect(policy.requiredParams).toEqual(['max']);
    expect(policy.parseParams({ max: 5 })).toEqual({ min: 2, max: 5 });
    expect(() => policy.parseParams({ min: 'x', mx: 1 })).toThrow(/params of a-policy are wrong:[\s\S]*max is missing[\s\S]*/);
  });
});
