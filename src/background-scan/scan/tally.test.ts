import type { Finding, Severity } from '../../policy/index.ts';
import { createTally, type TallyOptions } from './tally.ts';

const OPTIONS: TallyOptions = { minSeverity: 'low', perObject: 100, perNamespace: 100, total: 1000 };
const finding = (policy: string, severity: Severity, name = 'web', namespace = 'shop', action: Finding['action'] = 'warn'): Finding => ({
  policy,
  title: policy,
  severity,
  action,
  object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name },
  path: '/spec',
  message: 'm',
  value: 'x'.repeat(1000),
  fix: 'f',
  docs: 'd',
});
const listed = (options: Partial<TallyOptions>, ...found: readonly Finding[][]) => {
  const tally = createTally({ ...OPTIONS, ...options });
  for (const one of found) tally.add(one);
  return { tally, namespaces: tally.namespaces() };
};
const ids = (findings: readonly Finding[] | undefined): string[] | undefined => findings?.map(({ policy }) => policy);

describe('createTally', () => {
  it('counts all and keeps no values, which may be as large as objects', () => {
    const { namespaces, tally } = listed(
      {},
      [finding('a', 'low', 'web', 'shop', 'deny'), finding('b', 'high')],
      [finding('a', 'low', 'db')],
    );
    expect(namespaces.get('shop')).toMatchObject({ fail: 1, warn: 2 });
    expect(ids(namespaces.get('shop')?.listed)).toEqual(['b', 'a', 'a']);
    expect(JSON.stringify([...namespaces])).not.toContain('xxx');
    expect(tally.findings).toBe(3);
  });

  it.each([
    { bound: 'object', options: { perObject: 2 } },
    { bound: 'namespace', options: { perNamespace: 2 } },
    { bound: 'total', options: { total: 2 } },
  ] as const)('keeps the worst within the bound of one $bound, and says how many are left out', ({ bound, options }) => {
    const { namespaces, tally } = listed(options, [
      finding('low', 'low'),
      finding('critical', 'critical'),
      finding('high', 'high'),
      finding('low', 'low'),
    ]);
    expect(ids(namespaces.get('shop')?.listed)).toEqual(['critical', 'high']);
    expect(namespaces.get('shop')).toMatchObject({ warn: 4 });
    expect(tally.leftOut()).toEqual({ severity: 0, object: 0, namespace: 0, total: 0, [bound]: 2 });
  });

  it('fills the total with the worst of all namespaces first', () => {
    const { namespaces } = listed(
      { total: 2 },
      [finding('l', 'low', 'a', 'a'), finding('l', 'low', 'a', 'a')],
      [finding('c', 'critical', 'b', 'b')],
    );
    expect([...namespaces].map(([name, { listed: all }]) => [name, ids(all)])).toEqual([
      ['a', ['l']],
      ['b', ['c']],
    ]);
  });

  it('counts what is below the least severity without listing it', () => {
    const { namespaces, tally } = listed({ minSeverity: 'high' }, [finding('m', 'medium'), finding('h', 'high')]);
    expect(ids(namespaces.get('shop')?.listed)).toEqual(['h']);
    expect(tally.leftOut().severity).toBe(1);
  });

  it('adds up the smallest series beyond the bound by severity', () => {
    const { tally } = listed({}, [finding('a', 'low'), finding('a', 'low'), finding('b', 'low'), finding('c', 'low', 'x', 'other-team')]);
    expect(tally.series(1)).toEqual([
      { policy: 'a', severity: 'low', namespace: 'shop', count: 2 },
      { policy: 'other', severity: 'low', namespace: 'other', count: 2 },
    ]);
    expect(tally.series(3)).toHaveLength(3);
  });
});
