import { describe, expect, it } from '@jest/globals';
import { isToken } from './bearer-token.ts';

describe('isToken', () => {
  it.each([
    ['secret', true],
    ['secreT', false],
    ['secre', false],
    ['secret ', false],
    ['', false],
  ])('%p against the token: %p', (given, same) => {
    expect(isToken(given, 'secret')).toBe(same);
  });
});
