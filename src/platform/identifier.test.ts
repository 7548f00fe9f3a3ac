import { randomId } from './identifier.ts';

describe('randomId', () => {
  it('never gives the same twice', () => {
    expect(new Set(Array.from({ length: 1000 }, randomId)).size).toBe(1000);
  });
});
