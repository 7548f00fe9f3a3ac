import type { Labels, Series, WorkloadFrame } from '../conventions/index.ts';
import { testSeries } from '../testing/series.ts';
import type { FeatureCatalog } from './catalog.ts';
import { defaultCatalog } from './default-catalog.ts';
import { createFeatureExtractor } from './extractor.ts';
import type { FeatureExtractor } from './feature-extractor.ts';
import { IDENTITY_GRACE_STEPS } from './identity.ts';
import { recordedCatalog } from './recorded-catalog.ts';

const STEP = 30;
type Given = readonly [input: string, labels: Labels, value?: number];

/** Gives every series one sample per step, so that only labels matter. */
const createCluster = (catalog: FeatureCatalog) => {
  const extractor: FeatureExtractor = createFeatureExtractor(catalog, { pace: 'grid', stepMs: STEP * 1000 });
  let seconds = 0;
  return {
    extractor,
    step: (given: readonly Given[]): WorkloadFrame[] => {
      seconds += STEP;
      const results = given.map(([id, labels, value]) => {
        const series: Series = testSeries(labels, [[seconds - 1, value ?? seconds]]);
        return { selector: catalog.inputs.findIndex((input) => input.id === id), series: [series] };
      });
      extractor.push(results);
      return [...extractor.advance(seconds * 1000)].flat();
    },
  };
};

const cpu = (pod: string, more: Labels = {}): Given => ['memory_usage', { namespace: 'shop', pod, container: 'main', ...more }];
const owner = (pod: string, kind: string, name: string): Given => [
  'pod_owner',
  { namespace: 'shop', pod, owner_kind: kind, owner_name: name },
];
const replicaSet = (name: string, kind: string, above: string): Given => [
  'replicaset_owner',
  { namespace: 'shop', replicaset: name, owner_kind: kind, owner_name: above },
];
const job = (name: string, kind: string, above: string): Given => [
  'job_owner',
  { namespace: 'shop', job_name: name, owner_kind: kind, owner_name: above },
];
const names = (frames: readonly WorkloadFrame[]): string[] => frames.map(({ key }) => `${key.workloadKind}/${key.workload}`).sort();

describe('createIdentity', () => {
  const chains: readonly [string, readonly Given[], string][] = [
    [
      'a ReplicaSet to its Deployment',
      [owner('web-1', 'ReplicaSet', 'web-abc'), replicaSet('web-abc', 'Deployment', 'web')],
      'Deployment/web',
    ],
    ['a ReplicaSet to its Rollout', [owner('web-1', 'ReplicaSet', 'web-abc'), replicaSet('web-abc', 'Rollout', 'web')], 'Rollout/web'],
    [
      'a ReplicaSet without owner to itself',
      [owner('web-1', 'ReplicaSet', 'web-abc'), replicaSet('web-abc', '<none>', '<none>')],
      'ReplicaSet/web-abc',
    ],
    ['a Job to its CronJob', [owner('web-1', 'Job', 'backup-28471920'), job('backup-28471920', 'CronJob', 'backup')], 'CronJob/backup'],
    ['a Job without owner to itself', [owner('web-1', 'Job', 'migrate'), job('migrate', '<none>', '<none>')], 'Job/migrate'],
    ['a StatefulSet', [owner('web-1', 'StatefulSet', 'web')], 'StatefulSet/web'],
    ['a DaemonSet', [owner('web-1', 'DaemonSet', 'web')], 'DaemonSet/web'],
    ['a bare pod to itself', [owner('web-1', '<none>', '<none>')], 'Pod/web-1'],
    ['a static pod to itself', [owner('web-1', 'Node', 'node-a')], 'Pod/web-1'],
  ];
  it.each(chains)('follows %s', (_, given, expected) => {
    const cluster = createCluster(defaultCatalog());
    expect(names(cluster.step([cpu('web-1'), ...given]))).toEqual([expected]);
    expect(cluster.extractor.stats.guessedPods).toBe(0);
  });

  it('reads the recorded workload', () => {
    const cluster = createCluster(recordedCatalog());
    const workload: Given = [
      'workload',
      { namespace: 'shop', pod: 'web-1', workload: 'web', workload_kind: 'Deployment', owner_name: 'web-abc' },
    ];
    const memory: Given = ['namespace_pod:container_memory_working_set_bytes:sum', { namespace: 'shop', pod: 'web-1' }];
    expect(names(cluster.step([memory, workload]))).toEqual(['Deployment/web']);
  });

  it('reads the labels of an object that a scrape without honorLabels has pushed aside', () => {
    const cluster = createCluster(defaultCatalog());
    const aside: Given = [
      'pod_owner',
      {
        namespace: 'monitoring',
        pod: 'ksm-0',
        exported_namespace: 'shop',
        exported_pod: 'web-1',
        owner_kind: 'DaemonSet',
        owner_name: 'web',
      },
    ];
    expect(names(cluster.step([cpu('web-1'), aside]))).toEqual(['DaemonSet/web']);
  });

  it('waits for an owner that comes late instead of guessing', () => {
    const cluster = createCluster(defaultCatalog());
    expect(cluster.step([cpu('web-6d4f7b9c5f-abcdf')])).toEqual([]);
    expect(names(cluster.step([cpu('web-6d4f7b9c5f-abcdf'), owner('web-6d4f7b9c5f-abcdf', 'DaemonSet', 'web')]))).toEqual([
      'DaemonSet/web',
    ]);
  });

  it('guesses from the pod name when no owner comes, says so, and takes the guess back when one does', () => {
    const cluster = createCluster(defaultCatalog());
    const pod = cpu('web-6d4f7b9c5f-bcdfg');
    for (let i = 0; i < IDENTITY_GRACE_STEPS; i++) expect(cluster.step([pod])).toEqual([]);
    expect(names(cluster.step([pod]))).toEqual(['Deployment/web']);
    expect(cluster.extractor.stats.guessedPods).toBe(1);
    expect(names(cluster.step([pod, owner('web-6d4f7b9c5f-bcdfg', 'StatefulSet', 'other')]))).toEqual(['StatefulSet/other']);
    expect(cluster.extractor.stats.guessedPods).toBe(0);
  });

  it('guesses the Deployment behind a ReplicaSet whose owner series are not exported', () => {
    const cluster = createCluster(defaultCatalog());
    const given = [cpu('web-1'), owner('web-1', 'ReplicaSet', 'web-6d4f7b9c5f')];
    for (let i = 0; i < IDENTITY_GRACE_STEPS; i++) cluster.step(given);
    expect(names(cluster.step(given))).toEqual(['Deployment/web']);
    expect(cluster.extractor.stats.guessedPods).toBe(1);
  });

  it('takes a configured label before the name', () => {
    const cluster = createCluster(defaultCatalog());
    const pod = cpu('web-6d4f7b9c5f-abcdf', { statefulset: 'special' });
    for (let i = 0; i < IDENTITY_GRACE_STEPS; i++) cluster.step([pod]);
    expect(names(cluster.step([pod]))).toEqual(['StatefulSet/special']);
  });

  it('keeps the workload when every pod is replaced, and says rollout once', () => {
    const cluster = createCluster(defaultCatalog());
    const old = [cpu('web-a-1'), owner('web-a-1', 'ReplicaSet', 'web-a'), replicaSet('web-a', 'Deployment', 'web')];
    const fresh = [cpu('web-b-1'), owner('web-b-1', 'ReplicaSet', 'web-b'), replicaSet('web-b', 'Deployment', 'web')];
    const changes: unknown[] = [];
    for (let i = 0; i < 6; i++) changes.push(cluster.step(old).at(-1)?.changed);
    for (let i = 0; i < 6; i++) {
      const frames = cluster.step(fresh);
      expect(names(frames)).toEqual(['Deployment/web']);
      changes.push(frames[0]!.changed);
    }
    expect(changes.filter((change) => change === 'rollout')).toHaveLength(1);
    expect(changes.slice(0, 6)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
    expect(changes[6]).toBe('rollout');
  });

  it('says scale when pods of the same ReplicaSet come or go', () => {
    const cluster = createCluster(defaultCatalog());
    const one = [cpu('web-1'), owner('web-1', 'ReplicaSet', 'web-a'), replicaSet('web-a', 'Deployment', 'web')];
    const two = [...one, cpu('web-2'), owner('web-2', 'ReplicaSet', 'web-a')];
    const changeOf = (given: readonly Given[]) => cluster.step(given)[0]!.changed;
    for (let i = 0; i < 4; i++) changeOf(one);
    expect([changeOf(two), changeOf(two), changeOf(one), changeOf(one), changeOf(one)]).toEqual([
      'scale',
      undefined,
      undefined,
      'scale',
      undefined,
    ]);
  });

  it('says nothing about the pods of Jobs, about an outage of the owner series, or about a container restart', () => {
    const cluster = createCluster(defaultCatalog());
    const web = [cpu('web-1'), owner('web-1', 'StatefulSet', 'web')];
    const changes: unknown[] = [];
    for (let i = 0; i < 5; i++) changes.push(...cluster.step(web).map(({ changed }) => changed));
    for (let i = 0; i < 5; i++) changes.push(...cluster.step([cpu('web-1')]).map(({ changed }) => changed));
    changes.push(...cluster.step([cpu('web-1', { id: 'restarted' }), ...web.slice(1)]).map(({ changed }) => changed));
    for (let i = 0; i < 9; i++)
      changes.push(...cluster.step([cpu(`run-${i}`), owner(`run-${i}`, 'Job', 'run')]).map(({ changed }) => changed));
    expect(changes.filter((change) => change !== undefined)).toEqual([]);
  });

  it('names nodes by node_uname_info, by the node label, else by the host', () => {
    const node = (instance: string, more: Labels = {}): Given => ['node_memory_total', { instance, ...more }, 100];
    const free = (instance: string, more: Labels = {}): Given => ['node_memory_available', { instance, ...more }, 60];
    const cluster = createCluster(defaultCatalog());
    const given: Given[] = [
      node('10.0.0.1:9100'),
      free('10.0.0.1:9100'),
      ['node_name', { instance: '10.0.0.1:9100', nodename: 'alpha' }],
      node('10.0.0.2:9100', { node: 'beta' }),
      free('10.0.0.2:9100', { node: 'beta' }),
      node('gamma:9100'),
      free('gamma:9100'),
    ];
    expect(names(cluster.step(given))).toEqual(['Node/alpha', 'Node/beta']);
    for (let i = 1; i < IDENTITY_GRACE_STEPS; i++) cluster.step(given);
    const frames = cluster.step(given);
    expect(names(frames)).toEqual(['Node/alpha', 'Node/beta', 'Node/gamma']);
    expect(frames[0]!.layout.features).toMatchObject([{ name: 'node_memory_usage_ratio', unitClass: 'memory_ratio' }]);
    expect(frames[0]!.values[0]).toBeCloseTo(0.4, 12);
  });
});
