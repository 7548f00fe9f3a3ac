import { createLinearRegExp } from './linear-reg-exp.ts';

describe('createLinearRegExp', () => {
  it('matches as a regular expression does', () => {
    const name = createLinearRegExp('^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$');
    expect(['a-b.c', 'a..b', 'A'].map((text) => name.test(text))).toEqual([true, false, false]);
    expect(createLinearRegExp('^[a-z]{3,400}$').test('abc')).toBe(true);
    expect(createLinearRegExp('(?<number>\\d+)').exec('a12')?.groups?.number).toBe('12');
  });

  it('needs time in proportion to the text for patterns that are slow elsewhere', () => {
    const before = process.cpuUsage().user;
    for (const pattern of ['^(a+)+$', '^(a|a)*b$', '^(a*)*b$', '^.*.*.*.*.*x$', '([a-z]+)*-\\d{2,5}$'])
      expect(createLinearRegExp(pattern).test(`${'a'.repeat(20_000)}!`)).toBe(false);
    expect(process.cpuUsage().user - before).toBeLessThan(2_000_000);
  });

  it('refuses what has no such form, and what is wrong', () => {
    for (const pattern of ['(a{1,100}){1,100}$', '(?=a)a{1,500}', '(a{500})\\1', 'a{1,500}b{1,500}c{1,500}d{1,500}'])
      expect(() => createLinearRegExp(pattern)).toThrow(/linear time/);
    expect(() => createLinearRegExp('[')).toThrow(/Unterminated/);
    expect(() => createLinearRegExp('a'.repeat(1001))).toThrow(/longer/);
  });
});
