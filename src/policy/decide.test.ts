import { decide, newFindings } from './decide.ts';
import type { Finding } from './model/finding.ts';

const finding = (change: Partial<Finding> = {}): Finding => ({
  policy: 'privileged',
  title: 'Privileged container',
  severity: 'critical',
  action: 'deny',
  object: { apiVersion: 'v1', kind: 'Pod', name: 'a' },
  container: 'app',
  path: '/spec/containers/0/securityContext/privileged',
  message: 'container app is privileged',
  value: true,
  fix: 'Remove privileged.',
  docs: 'docs/policies/privileged.md',
  ...change,
});

describe('decide', () => {
  it('denies with policy, path, value, what to write instead and the page', () => {
    const { allowed, message, warnings } = decide([finding(), finding({ action: 'warn', policy: 'other' }), finding({ action: 'audit' })]);
    expect(allowed).toBe(false);
    expect(message).toBe(
      '[privileged] /spec/containers/0/securityContext/privileged (container app): container app is privileged; it is true. Remove privileged. See docs/policies/privileged.md',
    );
    expect(warnings).toEqual(['other at /spec/containers/0/securityContext/privileged: container app is privileged']);
  });

  it('allows what only warns', () => {
    expect(decide([finding({ action: 'warn' })])).toMatchObject({ allowed: true, message: '' });
  });

  it('keeps warnings within what the API server passes on', () => {
    const many = Array.from({ length: 100 }, (_, i) => finding({ action: 'warn', path: `/${i}`, message: 'x'.repeat(500) }));
    const { warnings } = decide(many);
    expect(warnings.length).toBeLessThanOrEqual(20);
    expect(warnings.every((warning) => warning.length <= 120)).toBe(true);
    expect(warnings.join('').length).toBeLessThan(4096);
    expect(warnings.at(-1)).toMatch(/^and \d+ more warnings$/);
  });

  it('tells how many more there are', () => {
    const lines = decide(Array.from({ length: 30 }, (_, i) => finding({ path: `/${i}` }))).message.split('\n');
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toBe('and 20 more');
  });
});

describe('newFindings', () => {
  it('lets pass what was there before, also when list items moved', () => {
    expect(newFindings([finding({ path: '/spec/containers/3/securityContext/privileged' })], [finding()])).toEqual([]);
  });

  it.each([
    { name: 'another value', change: { value: 'x' } },
    { name: 'another container', change: { container: 'other' } },
    { name: 'another policy', change: { policy: 'hostpath' } },
    { name: 'another field', change: { path: '/spec/other' } },
  ])('stops $name', ({ change }) => expect(newFindings([finding(change)], [finding()])).toHaveLength(1));

  it('counts: two where one was is one more', () => {
    expect(newFindings([finding(), finding({ path: '/spec/containers/1/securityContext/privileged' })], [finding()])).toHaveLength(1);
  });
});
