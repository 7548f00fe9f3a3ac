import { once } from 'node:events';
import { Command } from 'commander';
import { addConfigFlags, type ConfigFlag, configOfFlags, number } from '../command-line/index.ts';
import {
  BellwetherError,
  connectToCluster,
  createKubernetesClient,
  createLogger,
  env,
  limitHeapGrowth,
  randomId,
  runProcess,
  systemClock,
} from '../platform/index.ts';
import { policyPack } from '../policy/index.ts';
import { createBackgroundScanApp } from './app.ts';
import { readBackgroundScanConfig } from './config/load-config.ts';

const FLAGS: readonly ConfigFlag[] = [
  { flag: '--interval <seconds>', key: 'scan.intervalSeconds', help: 'time between two scans (default 900)', parse: number },
  { flag: '--report-api <name>', key: 'reports.api', help: 'openreports, wgpolicy or none (default openreports)' },
  { flag: '--kubeconfig <file>', key: 'cluster.kubeconfig', help: 'how to reach the cluster, outside of it' },
  { flag: '--namespace <name>', key: 'cluster.namespace', help: 'own namespace, where the Lease is' },
  { flag: '--host <address>', key: 'listen.host', help: 'address to listen on (default 127.0.0.1)' },
  { flag: '--self-port <port>', key: 'listen.selfPort', help: 'port of metrics, /healthz, /readyz (default 9475)', parse: number },
  { flag: '--log-level <level>', key: 'log.level', help: 'trace, debug, info, warn, error, fatal or silent (default info)' },
];

const HELP = `
It lists and reports, and changes nothing else. docs/background-scan.md says what it needs; docs/background-scan-configuration.md lists all keys.

Example, with the rights of your kubeconfig:
  $ bellwether background-scan --kubeconfig ~/.kube/config --namespace bellwether --report-api none
  $ curl -s http://127.0.0.1:9475/metrics | grep ^bellwether_`;

const run = async (path: string | undefined, options: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> => {
  limitHeapGrowth();
  const config = await readBackgroundScanConfig(path, configOfFlags(FLAGS, options), systemClock);
  const log = createLogger({ level: config.log.level, name: 'background-scan' });
  const { kubeconfig } = config.cluster;
  const client = createKubernetesClient(await connectToCluster(kubeconfig === undefined ? {} : { kubeconfig }));
  const namespace = config.cluster.namespace ?? client.namespace;
  if (namespace === undefined)
    throw new BellwetherError('invalid_config', 'cluster.namespace is missing, and no pod or context names one: give --namespace');
  // The name of the pod; two processes of one machine still differ.
  const identity = `${env('HOSTNAME') ?? 'background-scan'}-${randomId().slice(0, 8)}`;
  const app = createBackgroundScanApp({ clock: systemClock, log, client, pack: policyPack(), identity, namespace }, config);
  await app.start();
  if (!signal.aborted) await once(signal, 'abort');
  await app.stop();
};

/** `bellwether background-scan`: judges the live objects of a cluster, again and again. */
export const backgroundScanCommand = (): Command =>
  addConfigFlags(
    new Command('background-scan')
      .description('Judges the live objects of a cluster on a period: metrics, and reports that kubectl and dashboards read.')
      .option('--config <file>', 'YAML file with policies and everything else'),
    FLAGS,
  )
    .addHelpText('after', HELP)
    .action(async ({ config, ...options }: { readonly config?: string }) => {
      await runProcess((signal) => run(config, options, signal));
    });
