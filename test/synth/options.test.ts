import { EXPORTER_DECLARATION } from '../../src/exporter/declare.ts';
import { type BundleOptions, BundleOptionsError, type OptionProblem, PROCESSES, synthesise } from '../../src/synth/index.ts';
import { GATE } from './example-declarations.ts';

/** The exporter alone unless others are given: messages name what there is, and that grows. */
const problemsOf = (options: unknown, declarations = [EXPORTER_DECLARATION]): readonly OptionProblem[] => {
  try {
    synthesise(options as BundleOptions, declarations);
  } catch (error) {
    if (error instanceof BundleOptionsError) return error.problems;
    throw error;
  }
  return [];
};

describe('options of the bundle', () => {
  it.each<[string, unknown, OptionProblem]>([
    [
      'an unknown overlay',
      { overlays: { openshift: {} } },
      { path: 'overlays.openshift', value: 'openshift', limit: 'one of kube-prometheus-stack, kube-prometheus, minimal' },
    ],
    [
      'an invalid duration',
      { scrape: { interval: 'half a minute' } },
      { path: 'scrape.interval', value: 'half a minute', limit: 'a duration such as 30s or 1h30m, from 5s to 5m' },
    ],
    [
      'a window shorter than four scrapes',
      { rules: { workload: { window: '1m30s' } } },
      { path: 'rules.workload.window', value: '1m30s', limit: 'at least 2m, 4 scrapes of 30s' },
    ],
    [
      'recording rules whose windows are shorter than four scrapes',
      { scrape: { interval: '1m' } },
      {
        path: 'rules.recording',
        value: undefined,
        limit: 'false where scrape.interval is above 30s: the windows of the recording rules are four such scrapes',
      },
    ],
    [
      'a stricter rule with too short a window',
      { rules: { workload: { sustained: { window: '30s' } } } },
      { path: 'rules.workload.sustained.window', value: '30s', limit: 'at least 2m, 4 scrapes of 30s' },
    ],
    [
      'a name that is too long for its pods',
      { name: 'bellwether-of-the-platform-team-in-the-north' },
      {
        path: 'name',
        value: 'bellwether-of-the-platform-team-in-the-north',
        limit: 'at most 37 characters, so that pods of exporter keep their name',
      },
    ],
    [
      'a namespace that is too long',
      { namespace: 'n'.repeat(64) },
      {
        path: 'namespace',
        value: 'n'.repeat(64),
        limit: 'at most 63 lower-case letters, digits and hyphens, beginning with a letter',
      },
    ],
    [
      'a release that is no label value',
      { overlays: { 'kube-prometheus-stack': { release: 'my release' } } },
      {
        path: 'overlays.kube-prometheus-stack.release',
        value: 'my release',
        limit: 'a label value: at most 63 letters, digits, ".", "_" and "-"',
      },
    ],
    [
      'two exporters, which would both expose the scores',
      { processes: { exporter: { replicas: 2 } } },
      { path: 'processes.exporter.replicas', value: 2, limit: 'a whole number from 0 to 1' },
    ],
    [
      'more shards than an exporter takes',
      { processes: { exporter: { shards: 65 } } },
      { path: 'processes.exporter.shards', value: 65, limit: 'a whole number from 1 to 64' },
    ],
    [
      'a process that does not exist',
      { processes: { receiver: {} } },
      { path: 'processes.receiver', value: {}, limit: 'left out: the options here are background-scan, exporter' },
    ],
    [
      'a key that is misspelt',
      { rules: { intervall: '30s' } },
      {
        path: 'rules.intervall',
        value: '30s',
        limit: 'left out: the options here are interval, labels, recording, stormWorkloads, workload',
      },
    ],
    [
      'recorded features without recording rules',
      { rules: { recording: false }, overlays: { minimal: { preset: 'recorded' } } },
      { path: 'overlays.minimal.preset', value: 'recorded', limit: 'raw while rules.recording is false' },
    ],
    [
      'a host name that is none',
      { processes: { exporter: { route: { hostname: 'Bellwether' } } } },
      {
        path: 'processes.exporter.route.hostname',
        value: 'Bellwether',
        limit: 'a host name such as bellwether.example.org, in lower case',
      },
    ],
    [
      'a namespace to open to that is none',
      { processes: { exporter: { openTo: ['ingress_nginx'] } } },
      {
        path: 'processes.exporter.openTo',
        value: ['ingress_nginx'],
        limit: 'a list, each at most 63 lower-case letters, digits and hyphens, beginning with a letter',
      },
    ],
    [
      'webhook options of a process that has none',
      { processes: { exporter: { webhooks: { timeout: '3s' } } } },
      {
        path: 'processes.exporter.webhooks',
        value: { timeout: '3s' },
        limit:
          'left out: the options here are config, enabled, openTo, priorityClass, replicas, resources, route, secrets, shards, storageClass, volumeSize',
      },
    ],
    [
      'a pace of retraining that no schedule can say',
      { training: { every: '5h' } },
      { path: 'training.every', value: '5h', limit: 'one of 1h, 2h, 3h, 4h, 6h, 8h, 12h, 1d' },
    ],
    [
      'training without anybody who gives verdicts',
      { training: { enabled: true } },
      { path: 'training.enabled', value: true, limit: 'false where processes.exporter or processes.receiver is off' },
    ],
    [
      'more of the past than a month',
      { training: { hours: 1000 } },
      { path: 'training.hours', value: 1000, limit: 'a whole number from 1 to 744' },
    ],
    [
      'an amount that is none',
      { processes: { exporter: { resources: { memoryLimit: '1GB' } } } },
      { path: 'processes.exporter.resources.memoryLimit', value: '1GB', limit: 'an amount of bytes such as 512Mi or 2Gi' },
    ],
    [
      'a timeout longer than the interval',
      { scrape: { timeout: '40s' } },
      { path: 'scrape.timeout', value: '40s', limit: 'at most scrape.interval, 30s' },
    ],
    [
      'a tag inside the repository',
      { image: { repository: 'registry.example.org/bellwether:1' } },
      {
        path: 'image.repository',
        value: 'registry.example.org/bellwether:1',
        limit: 'a repository with its registry, such as registry.example.org/team/bellwether, without tag',
      },
    ],
    ['text where a section is expected', { rules: 'all' }, { path: 'rules', value: 'all', limit: 'an object' }],
  ])('refuse %s', (_, options, problem) => {
    expect(problemsOf(options)).toEqual([problem]);
  });

  it('are told all at once, one line each', () => {
    expect(() => synthesise({ namespace: 'Big', rules: { stormWorkloads: 1 } })).toThrow(
      'The options of the bundle are wrong:\n' +
        '  namespace: "Big" is not allowed; it must be at most 63 lower-case letters, digits and hyphens, beginning with a letter\n' +
        '  rules.stormWorkloads: 1 is not allowed; it must be a whole number from 2 to 10000',
    );
  });

  it('leave out overlays and processes that are not wanted', () => {
    const paths = [...synthesise({ overlays: { minimal: {} }, processes: { exporter: { enabled: false } } }).keys()];
    expect(paths.filter((path) => path.startsWith('manifests/overlays'))).toEqual([
      'manifests/overlays/lab/kustomization.yaml',
      'manifests/overlays/collector/kustomization.yaml',
      'manifests/overlays/decoy/kustomization.yaml',
      'manifests/overlays/minimal/kustomization.yaml',
    ]);
    expect(paths).not.toContain('manifests/base/exporter.yaml');
  });

  it('reach names, images, addresses and rules', () => {
    const text = [
      ...synthesise({
        name: 'bw',
        namespace: 'watch',
        image: { repository: 'registry.example.org/bw', digest: `sha256:${'a'.repeat(64)}` },
        overlays: { 'kube-prometheus-stack': { monitoringNamespace: 'obs', release: 'mon' } },
        rules: { labels: { team: 'platform' }, workload: { window: '10m', threshold: 1.5, sustained: {} } },
        grafana: { url: 'https://grafana.example.org/' },
        processes: { exporter: { storageClass: 'fast', config: { log: { level: 'warn' } } } },
      }).values(),
    ].join('\n');
    for (const part of [
      'name: bw-exporter',
      'namespace: watch',
      `image: registry.example.org/bw@sha256:${'a'.repeat(64)}`,
      'http://mon-kube-prometheus-stack-prometheus.obs.svc:9090',
      'value: mon',
      'team: platform',
      'max_over_time(anomaly_score[10m]) >= 1.5',
      'sum_over_time((anomaly_score >= bool 1.5)[15m:30s]) / 30 >= 0.5',
      'https://grafana.example.org/d/bellwether-workload?',
      'storageClassName: fast',
      'level: warn',
    ])
      expect(text).toContain(part);
  });

  it.each<[string, unknown, OptionProblem]>([
    [
      'a webhook that waits too long',
      { webhooks: { timeout: '1m' } },
      { path: 'processes.gate.webhooks.timeout', value: '1m', limit: 'a duration such as 30s or 1h30m, from 1s to 30s' },
    ],
    [
      'an unknown failure policy',
      { webhooks: { failurePolicy: 'Deny' } },
      { path: 'processes.gate.webhooks.failurePolicy', value: 'Deny', limit: 'one of Ignore, Fail' },
    ],
    [
      'a secret for a volume that does not exist',
      { secrets: { tsl: 'mine' } },
      { path: 'processes.gate.secrets.tsl', value: 'mine', limit: 'left out: the options here are tls' },
    ],
  ])('refuse %s', (_, gate, problem) => {
    expect(problemsOf({ processes: { gate } }, [GATE])).toEqual([problem]);
  });

  it('need nothing: every process has its defaults', () => {
    expect(PROCESSES.length).toBeGreaterThan(0);
    expect(problemsOf({})).toEqual([]);
  });
});
