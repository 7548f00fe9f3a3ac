import type { BellwetherError } from '../../platform/index.ts';
import type { Finding } from '../../policy/index.ts';
import { OPEN_REPORTS } from '../../scanner/index.ts';
import { createFakeCluster } from '../../testing/fake-cluster.ts';
import { writeReports } from './write-reports.ts';

const finding = (namespace: string | undefined, message = 'm'): Finding => ({
  policy: 'privileged',
  title: 't',
  severity: 'high',
  action: 'deny',
  object: { apiVersion: 'v1', kind: 'Pod', ...(namespace === undefined ? {} : { namespace }), name: 'p' },
  path: '/spec',
  message,
  fix: 'f',
  docs: 'd',
});
const tallies = (...all: readonly Finding[]) =>
  new Map(all.map((one) => [one.object.namespace ?? '', { listed: [one], fail: 3, warn: 0 }] as const));
const setUp = (served: readonly string[] = ['Report', 'ClusterReport']) => {
  const cluster = createFakeCluster(served);
  const operations: string[] = [];
  const failures: string[] = [];
  const write = (namespaces: ReturnType<typeof tallies>) => {
    operations.length = 0;
    return writeReports(
      {
        client: cluster.client,
        groups: new Map([['privileged', 'pod-security']]),
        onWrite: (operation) => operations.push(operation),
        onFailure: (what: string, error: BellwetherError) => failures.push(`${what}: ${error.code}`),
      },
      OPEN_REPORTS,
      namespaces,
      new AbortController().signal,
    );
  };
  return { cluster, operations, failures, write };
};

describe('writeReports', () => {
  it('writes one report per namespace and one for the cluster, with what is left out', async () => {
    const { cluster, write } = setUp();
    expect(await write(tallies(finding('shop'), finding(undefined)))).toBe(2);
    const report = cluster.get({ apiVersion: 'openreports.io/v1alpha1', kind: 'Report', namespace: 'shop', name: 'bellwether-policies' });
    expect(report).toMatchObject({
      summary: { fail: 3, warn: 0 },
      results: [{ policy: 'privileged', category: 'pod-security', result: 'fail', resources: [{ kind: 'Pod', name: 'p' }] }],
      metadata: { annotations: { 'bellwether.dev/left-out': '2' } },
    });
    expect(cluster.all('ClusterReport')).toHaveLength(1);
  });

  it('writes nothing that has not changed, and takes away what is clean', async () => {
    const { cluster, write, operations } = setUp();
    await write(tallies(finding('shop'), finding('team')));
    expect(await write(tallies(finding('shop'), finding('team')))).toBe(2);
    expect(operations).toEqual([]);
    expect(await write(tallies(finding('shop', 'another')))).toBe(1);
    expect(operations).toEqual(['apply', 'delete']);
    expect(cluster.all('Report').map(({ metadata }) => metadata.namespace)).toEqual(['shop']);
  });

  it('goes on where a namespace goes away, and tells it', async () => {
    const { cluster, write, failures } = setUp();
    let writes = 0;
    cluster.onWrite = () => {
      writes += 1;
      if (writes === 1) throw new Error('the namespace is going');
    };
    expect(await write(tallies(finding('going'), finding('shop')))).toBe(1);
    expect(failures).toEqual(['Report/going: internal']);
  });

  it('tells a cluster that has no such kind', async () => {
    const { write, failures } = setUp([]);
    expect(await write(tallies(finding('shop')))).toBeUndefined();
    expect(failures).toEqual(['openreports.io/v1alpha1: not_found']);
  });
});
