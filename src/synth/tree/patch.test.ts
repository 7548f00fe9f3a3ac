import fc from 'fast-check';
import { compareManifests, type PatchOperation, patchOperations } from './patch.ts';

/** RFC 6902 for what `patchOperations` gives: adds to objects, removals, replacements. */
const apply = (document: unknown, operations: readonly PatchOperation[]): unknown => {
  let result = structuredClone(document);
  for (const { op, path, value } of operations) {
    const keys = path
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop();
    if (last === undefined) {
      result = value;
      continue;
    }
    const parent = keys.reduce((at, key) => (at as Record<string, unknown>)[key], result) as Record<string, unknown>;
    if (op === 'remove') delete parent[last];
    else parent[last] = structuredClone(value);
  }
  return result;
};

describe('patchOperations', () => {
  it('say nothing about what is the same', () => {
    expect(patchOperations({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toEqual([]);
  });

  it('change the one value that differs, also inside a list and below a key with a slash', () => {
    expect(patchOperations({ a: [{ 'x/y': 1 }, 2] }, { a: [{ 'x/y': 3 }, 2] })).toEqual([{ op: 'replace', path: '/a/0/x~1y', value: 3 }]);
  });

  it('lead from any object to any other', () => {
    // Through text, because JSON has no negative zero.
    const json = fc
      .dictionary(fc.constantFrom('a', 'b', 'c/d', 'e~f'), fc.jsonValue({ maxDepth: 3 }))
      .map((value) => JSON.stringify(value))
      // `apply` above could not write such a key.
      .filter((text) => !text.includes('__proto__'))
      .map((text): unknown => JSON.parse(text));
    fc.assert(fc.property(json, json, (a, b) => expect(apply(a, patchOperations(a, b))).toEqual(b)));
  });
});

describe('compareManifests', () => {
  const config = (url: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { url } });

  it('names what changes and what is left out', () => {
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'b' } };
    expect(compareManifests([config('x'), claim], [config('y')])).toEqual({
      changed: [{ manifest: config('x'), operations: [{ op: 'replace', path: '/data/url', value: 'y' }] }],
      removed: [claim],
    });
  });
});
