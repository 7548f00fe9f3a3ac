import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aKey } from '../testing/score-builders.ts';
import { workloadId } from './workload.ts';
import { idOfSlug, parseSlug, workloadSlug } from './workload-slug.ts';

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
const decodedByAServer = (slug: string): string => decodeURIComponent(new URL(`http://x/${slug}`).pathname.slice(1));

describe('workloadSlug', () => {
  it('is easy to read for workloads and nodes', () => {
    expect(workloadSlug(aKey('cart'))).toBe('Deployment~shop~cart');
    expect(workloadSlug({ namespace: '', workload: 'node-1', workloadKind: 'Node' })).toBe('Node~~node-1');
    expect(workloadSlug(aKey('x', { entity: { till: '1/2', shop: 'a' } }))).toBe('@~shop=a~till=1!2F2');
  });

  it('names the same workload after a way through servers, whatever is in its name', () => {
    fc.assert(
      fc.property(text, text, text, (namespace, workload, workloadKind) => {
        fc.pre(!workloadKind.startsWith('@'));
        const key = { namespace, workload, workloadKind };
        expect(parseSlug(decodedByAServer(workloadSlug(key)))).toEqual(key);
      }),
    );
    fc.assert(
      fc.property(fc.dictionary(text, text, { minKeys: 1, maxKeys: 4, noNullPrototype: true }), (entity) => {
        const key = aKey('x', { entity });
        expect(idOfSlug(decodedByAServer(workloadSlug(key)))).toBe(workloadId(key));
      }),
    );
  });
});

describe('parseSlug', () => {
  it.each(['', 'cart', 'a~b', 'a~b~', 'a~b~c~d', '@', '@~=x', 'a~b~!zz'])('does not take %p', (slug) => {
    expect(parseSlug(slug)).toBeUndefined();
  });
});
