import type { FileFinding } from '../finding.ts';
import type { Report } from './report.ts';
import { formatOpenReports, formatPolicyReports } from './reports.ts';

const finding = (change: Partial<FileFinding> = {}): FileFinding => ({
  policy: 'privileged',
  title: 't',
  severity: 'critical',
  action: 'deny',
  object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'team', name: 'web' },
  container: 'app',
  path: '/spec/a',
  message: 'it is privileged',
  fix: 'Write false.',
  docs: 'd',
  file: 'live:Deployment/team/web',
  document: 0,
  line: 1,
  column: 1,
  ...change,
});
const report = (findings: readonly FileFinding[]): Report =>
  ({ findings, policies: [{ id: 'privileged', group: 'pod-security' }], errors: [] }) as unknown as Report;
const items = (text: string) => (JSON.parse(text) as { items: Record<string, unknown>[] }).items;

describe('formatOpenReports', () => {
  it('gives one report per namespace, and one of the cluster for what has none', () => {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'all' };
    const found = [finding(), finding({ policy: 'image-digest', severity: 'low', action: 'warn' }), finding({ object: role })];
    expect(items(formatOpenReports(report(found)))).toMatchObject([
      { apiVersion: 'openreports.io/v1alpha1', kind: 'ClusterReport', source: 'bellwether', summary: { fail: 1, warn: 0 } },
      {
        kind: 'Report',
        metadata: { name: 'bellwether-policies', namespace: 'team' },
        summary: { pass: 0, fail: 1, warn: 1, error: 0, skip: 0 },
        results: [
          {
            policy: 'privileged',
            category: 'pod-security',
            result: 'fail',
            scored: true,
            resources: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'team', name: 'web' }],
            properties: { path: '/spec/a', container: 'app', fix: 'Write false.' },
          },
          { policy: 'image-digest', result: 'warn', scored: false },
        ],
      },
    ]);
  });

  it('keeps the worst of many, counts all, and writes nothing that changes by itself', () => {
    const many = [...Array.from({ length: 600 }, () => finding({ severity: 'low', action: 'warn' })), finding()];
    const [one] = items(formatOpenReports(report(many)));
    expect(one).toMatchObject({ summary: { fail: 1, warn: 600 }, results: { length: 500, 0: { severity: 'critical' } } });
    expect(formatOpenReports(report(many))).toBe(formatOpenReports(report(many)));
    expect(items(formatOpenReports(report([])))).toEqual([]);
  });
});

describe('formatPolicyReports', () => {
  it('gives the kinds of before, with the source at each result', () => {
    const [one] = items(formatPolicyReports(report([finding()])));
    expect(one).toMatchObject({ apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport', results: [{ source: 'bellwether' }] });
    expect(one).not.toHaveProperty('source');
  });
});
