import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WATCHDOG_ALERT, WORKLOAD_ALERT } from '../../src/conventions/index.ts';
import { STORM_ALERT } from '../../src/synth/rules/bundle-alerts.ts';
import { alertRules } from '../rules/rules-of-bundle.ts';
import { describeWith } from './real-program.ts';
import { type KnownAlert, type RunningAlertmanager, startAlertmanager } from './support/alertmanager.ts';
import { type MatcherStrategy, operatorConfig } from './support/operator-config.ts';
import { until } from './support/until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PLAIN = `${ROOT}manifests/plain/alertmanager.yaml`;
const ROUTE = readFileSync(`${ROOT}manifests/components/alertmanager-config/route.yaml`, 'utf8');
const OURS = 'monitoring/bellwether/bellwether';

/** Labels of an alert as its rule gives them, for a workload where the rule leaves the namespace to it. */
const labelsOf = (name: string, workload: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  alertname: name,
  ...workload,
  ...alertRules.find(({ alert }) => alert === name)?.labels,
});

describeWith(['amtool'], 'routes', (amtool) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bellwether-routes-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const receiversOf = (file: string, labels: Readonly<Record<string, string>>): readonly string[] => {
    const args = [
      'config',
      'routes',
      'test',
      `--config.file=${file}`,
      ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
    ];
    return execFileSync(amtool, args, { encoding: 'utf8' }).trim().split(',');
  };
  const made = (strategy: MatcherStrategy, catchAll: boolean): string => {
    const file = join(folder, `${strategy}.json`);
    writeFileSync(file, JSON.stringify(operatorConfig(ROUTE, strategy, 'monitoring', catchAll)));
    return file;
  };

  it('in plain form are a valid configuration', () => {
    const { status, stdout, stderr } = spawnSync(amtool, ['check-config', PLAIN], { encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([0, expect.stringContaining('SUCCESS'), '']);
  });

  it.each(alertRules.map(({ alert }) => alert))('in plain form bring %s to the receiver, from any namespace', (name) => {
    for (const namespace of ['shop', 'monitoring', 'kube-system'])
      expect(receiversOf(PLAIN, labelsOf(name, { namespace }))).toContain('bellwether');
  });

  it('leave alerts of others alone', () => {
    expect(receiversOf(PLAIN, { alertname: 'KubePodCrashLooping', namespace: 'shop', severity: 'warning' })).toEqual(['null']);
  });

  it.each<MatcherStrategy>(['OnNamespaceExceptForAlertmanagerNamespace', 'None'])(
    'made by the operator with strategy %s bring every alert to the receiver, and to the routes of others',
    (strategy) => {
      const file = made(strategy, true);
      for (const { alert, labels } of alertRules)
        for (const namespace of ['shop', 'monitoring'])
          expect([alert, receiversOf(file, labelsOf(alert, { namespace }))]).toEqual([
            alert,
            [OURS, labels?.severity === 'critical' ? 'on-call' : 'people'],
          ]);
    },
  );

  it('take alerts away from the root receiver where no other route of the cluster takes them, which is why the page asks for one', () => {
    const file = made('OnNamespaceExceptForAlertmanagerNamespace', false);
    expect(receiversOf(file, labelsOf(WORKLOAD_ALERT.name, { namespace: 'shop' }))).toEqual([OURS]);
    expect(receiversOf(file, labelsOf('BellwetherScorerDown'))).toEqual([OURS, 'on-call']);
  });

  it('made by the operator with its default strategy miss workloads, and miss the watchdog as well, so that it is noticed', () => {
    const file = made('OnNamespace', false);
    expect(receiversOf(file, labelsOf(WORKLOAD_ALERT.name, { namespace: 'shop' }))).toEqual(['people']);
    expect(receiversOf(file, labelsOf(WATCHDOG_ALERT))).toEqual(['people']);
  });
});

describeWith(['alertmanager'], 'inhibitions of kube-prometheus and of the bundle', (alertmanager) => {
  let server: RunningAlertmanager;
  beforeEach(async () => {
    server = await startAlertmanager(alertmanager, operatorConfig(ROUTE, 'OnNamespaceExceptForAlertmanagerNamespace', 'monitoring', true));
  });
  afterEach(() => server.stop());

  const web = labelsOf(WORKLOAD_ALERT.name, { namespace: 'shop', workload: 'web', workload_kind: 'Deployment' });
  const blog = labelsOf(WORKLOAD_ALERT.name, { namespace: 'blog', workload: 'web', workload_kind: 'Deployment' });
  const storm = labelsOf(STORM_ALERT, { namespace: 'shop' });
  const settled = (count: number): Promise<readonly KnownAlert[]> =>
    until(
      'settled alerts',
      async () => {
        const alerts = await server.alerts();
        return alerts.length === count && alerts.every(({ status }) => status.state !== 'unprocessed') ? alerts : undefined;
      },
      { timeoutMs: 20_000, everyMs: 200 },
    );
  const stateOf = (alerts: readonly KnownAlert[], { alertname, namespace }: Readonly<Record<string, string>>): string | undefined =>
    alerts.find(({ labels }) => labels.alertname === alertname && labels.namespace === namespace)?.status.state;

  it('do not swallow an anomaly while something critical fires in its namespace', async () => {
    const others = [
      { alertname: 'KubePodNotReady', namespace: 'shop', severity: 'critical' },
      { alertname: 'InfoInhibitor', namespace: 'shop', severity: 'none' },
    ];
    await server.post([web, ...others, labelsOf('BellwetherScorerDown'), labelsOf('BellwetherSourceErrors')].map((labels) => ({ labels })));
    const alerts = await settled(5);
    expect(stateOf(alerts, web)).toBe('active');
    expect(stateOf(alerts, labelsOf('BellwetherSourceErrors'))).toBe('active');
    expect(alerts.find(({ labels }) => labels.workload === 'web')?.receivers.map(({ name }) => name)).toEqual([OURS, 'people']);
  });

  it('let a limit hold back further anomalies of its workload, and of no other', async () => {
    const limited = labelsOf('WorkloadMitigated', { namespace: 'shop', workload: 'web', workload_kind: 'Deployment' });
    await server.post([web, blog, limited].map((labels) => ({ labels })));
    const alerts = await settled(3);
    expect([stateOf(alerts, web), stateOf(alerts, blog), stateOf(alerts, limited)]).toEqual(['suppressed', 'active', 'active']);
  });

  it('let a storm hold back the anomalies of its namespace, and of no other', async () => {
    await server.post([web, blog, storm].map((labels) => ({ labels })));
    const alerts = await settled(3);
    expect([stateOf(alerts, web), stateOf(alerts, blog), stateOf(alerts, storm)]).toEqual(['suppressed', 'active', 'active']);
  });
});
