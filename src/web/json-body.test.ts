import { describe, expect, it } from '@jest/globals';
import { checkShape } from './json-body.ts';

const check = (text: string) => () => checkShape(Buffer.from(text), { maxDepth: 3, maxKeys: 2 });

describe('checkShape', () => {
  it.each(['{"a":[[1]]}', '"[[[[[[[["', '{"a":"\\"[[[[[[", "b":"::::"}', '[[[]],[[]],[[]]]'])('lets %s pass', (text) => {
    expect(check(text)).not.toThrow();
  });

  it('refuses what is nested too deep', () => {
    expect(check('[[[[')).toThrow('the body is nested more than 3 levels deep');
  });

  it('refuses too many keys', () => {
    expect(check('{"a":1,"b":2,"c":3}')).toThrow('the body has more than 2 keys');
  });
});
