import type { Finding } from '../model/finding.ts';
import { applyExceptions } from './apply-exceptions.ts';
import { parseException, parseExceptions } from './policy-exception.ts';

const NOW_MS = Date.parse('2026-06-01T12:00:00Z');
const SPEC = { policies: ['host-*'], reason: 'r', owner: 'o', expiresAt: '2026-07-01' };
const finding = (change: Partial<Finding> = {}): Finding => ({
  policy: 'host-network',
  title: 't',
  severity: 'high',
  action: 'deny',
  object: { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'monitoring', name: 'node-exporter' },
  path: '/spec',
  message: 'm',
  fix: 'f',
  docs: 'd',
  ...change,
});
const fits = (change: object, about: Partial<Finding> = {}): boolean =>
  parseException({ ...SPEC, ...change }, 'e', { nowMs: NOW_MS }).fits(finding(about));

describe('parseException', () => {
  it.each([
    { name: 'policy by glob', change: {}, expected: true },
    { name: 'another policy', change: { policies: ['hostpath'] }, expected: false },
    { name: 'namespace', change: { match: { namespaces: ['monitor*', 'x'] } }, expected: true },
    { name: 'another namespace', change: { match: { namespaces: ['prod'] } }, expected: false },
    { name: 'name with stars', change: { match: { names: ['*-exp*er'] } }, expected: true },
    { name: 'stars that overlap', change: { match: { names: ['node-exporter*exporter'] } }, expected: false },
    { name: 'kind and name together', change: { match: { kinds: ['DaemonSet'], names: ['other'] } }, expected: false },
    { name: 'a container, where none is named', change: { match: { containers: ['app'] } }, expected: false },
    { name: 'a value that is not there', change: { values: ['true'] }, expected: false },
  ])('fits or not: $name', ({ change, expected }) => expect(fits(change)).toBe(expected));

  it('holds for what a workload makes, or its pods could not start', () => {
    const match = { kinds: ['Deployment'], names: ['web'] };
    const owned = (kind: string, name: string): Partial<Finding> => ({
      object: { apiVersion: 'v1', kind: 'Pod', namespace: 'a', name: `${name}-x1` },
      owner: { apiVersion: 'v1', kind, name },
    });
    expect(fits({ match }, owned('ReplicaSet', 'web-5d4f8b6c9'))).toBe(true);
    expect(fits({ match }, owned('ReplicaSet', 'other-5d4f8b6c9'))).toBe(false);
    expect(fits({ match: { kinds: ['CronJob'], names: ['web'] } }, owned('Job', 'web-28391040'))).toBe(true);
    expect(fits({ match: { kinds: ['DaemonSet'], names: ['web'] } }, owned('DaemonSet', 'web'))).toBe(true);
    expect(fits({ match }, { object: { apiVersion: 'v1', kind: 'Pod', namespace: 'a', name: 'web' } })).toBe(false);
  });

  it('compares values and images', () => {
    expect(fits({ values: ['8080', 'SYS_*'] }, { value: 8080 })).toBe(true);
    expect(fits({ values: ['SYS_*'] }, { value: 'SYS_ADMIN' })).toBe(true);
    expect(fits({ match: { images: ['registry.example.com/*'] } }, { image: 'registry.example.com/a:1' })).toBe(true);
  });

  it.each([
    { name: 'no last day', change: { expiresAt: undefined }, says: 'expiresAt is missing' },
    { name: 'a day that is none', change: { expiresAt: '2026-13-01' }, says: 'must be a day' },
    { name: 'a day too far ahead', change: { expiresAt: '2026-09-15' }, says: 'must be within 90 days' },
    { name: 'no owner', change: { owner: undefined }, says: 'owner is missing' },
    { name: 'an unknown key', change: { match: { namespace: ['a'] } }, says: 'did you mean namespaces?' },
    { name: 'a pattern that could be slow', change: { policies: ['*a*a*a*a*a*a*a*a*a*'] }, says: 'more than 8 stars' },
  ])('refuses $name', ({ change, says }) => {
    const spec = JSON.parse(JSON.stringify({ ...SPEC, ...change })) as unknown;
    expect(() => parseException(spec, 'e', { nowMs: NOW_MS })).toThrow(says);
  });

  it('holds until the end of its last day', () => {
    const exception = parseException(SPEC, 'e', { nowMs: NOW_MS });
    const left = (time: string) => applyExceptions([finding()], [exception], Date.parse(time)).findings.length;
    expect([left('2026-07-01T23:59:59Z'), left('2026-07-02T00:00:00Z')]).toEqual([0, 1]);
  });

  it('keeps a resource to its own namespace, whatever it says', () => {
    const resource = {
      apiVersion: 'bellwether.dev/v1alpha1',
      kind: 'PolicyException',
      metadata: { name: 'e', namespace: 'team-a' },
      spec: { ...SPEC, match: { namespaces: ['*'] } },
    };
    const [exception] = parseExceptions(resource, 'a.yaml', { nowMs: NOW_MS });
    expect(exception?.name).toBe('team-a/e');
    expect(exception?.fits(finding())).toBe(false);
    expect(exception?.fits(finding({ object: { ...finding().object, namespace: 'team-a' } }))).toBe(true);
  });
});

describe('applyExceptions', () => {
  it('takes an exception in force before an expired one that fits too', () => {
    const old = parseException({ ...SPEC, expiresAt: '2026-05-01' }, 'old', { nowMs: NOW_MS });
    const now = parseException(SPEC, 'now', { nowMs: NOW_MS });
    const { excepted, uses } = applyExceptions([finding()], [old, now], NOW_MS);
    expect(excepted.map(({ exception }) => exception.name)).toEqual(['now']);
    expect(uses.map(({ state }) => state)).toEqual(['expired', 'used']);
  });
});
