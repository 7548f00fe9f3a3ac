import { once } from 'node:events';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  connectToCluster,
  createKubernetesClient,
  createLogger,
  LOG_LEVELS,
  limitHeapGrowth,
  runProcess,
  systemClock,
  systemRandom,
} from '../platform/index.ts';
import { policyPack } from '../policy/index.ts';
import { createAdmissionApp } from './app.ts';
import { readConfig, watchConfig } from './config/load-config.ts';
import type { AdmissionConfigInput } from './config/schema.ts';

export { unlockCommand } from './unlock-command.ts';

interface Flags {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  readonly selfPort?: number;
  readonly cert?: string;
  readonly key?: string;
  readonly kubeconfig?: string;
  readonly offline?: boolean;
  readonly logLevel?: AdmissionConfigInput extends { log?: { level?: infer L } } ? L : never;
}

const HELP = `
Every flag has a key in the configuration file; a flag wins over the file. docs/admission.md lists all keys.
The file is read again when it changes: policies and review limits take effect at once, the rest after a restart.

Example:
  $ bellwether admission --offline --cert tls.crt --key tls.key --port 9443
  $ curl -k https://127.0.0.1:9443/validate -H 'content-type: application/json' -d @review.json`;

const port = (text: string): number => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('It must be a port.');
  return Number(text);
};

const configOf = ({ host, port: reviewPort, selfPort, cert, key, kubeconfig, offline, logLevel }: Flags): AdmissionConfigInput => ({
  listen: {
    ...(host === undefined ? {} : { host }),
    ...(reviewPort === undefined ? {} : { port: reviewPort }),
    ...(selfPort === undefined ? {} : { selfPort }),
  },
  certificates: {
    ...(cert === undefined && key === undefined ? {} : { mode: 'files' as const }),
    ...(cert === undefined ? {} : { certFile: cert }),
    ...(key === undefined ? {} : { keyFile: key }),
  },
  cluster: { ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(offline ? { enabled: false } : {}) },
  ...(logLevel === undefined ? {} : { log: { level: logLevel } }),
});

const run = async (flags: Flags, signal: AbortSignal): Promise<void> => {
  limitHeapGrowth();
  const given = configOf(flags);
  const config = await readConfig(flags.config, given, systemClock);
  const log = createLogger({ level: config.log.level, name: 'admission' });
  const { enabled, kubeconfig } = config.cluster;
  const client = enabled ? createKubernetesClient(await connectToCluster(kubeconfig === undefined ? {} : { kubeconfig })) : undefined;
  const app = createAdmissionApp(
    { clock: systemClock, random: systemRandom, log, pack: policyPack(), ...(client ? { client } : {}) },
    config,
  );
  signal.addEventListener('abort', () => void app.stop(), { once: true });
  log.info(await app.start(), 'listening');
  const watcher = flags.config === undefined ? undefined : watchConfig(flags.config, given, systemClock, app.reload);
  if (!signal.aborted) await once(signal, 'abort');
  watcher?.close();
  await app.stop();
};

/** `bellwether admission`: the validating webhook. */
export const admissionCommand = (): Command =>
  new Command('admission')
    .description('Answers admission reviews of an API server by the same policies as scan.')
    .option('--config <file>', 'YAML file with everything else')
    .option('--host <address>', 'address to listen on (default 127.0.0.1); key listen.host')
    .option('--port <port>', 'port of the reviews (default 9443); key listen.port', port)
    .option('--self-port <port>', 'port of own metrics, /healthz, /readyz (default 9469); key listen.selfPort', port)
    .option('--cert <file>', 'certificate in place of an own authority; key certificates.certFile')
    .option('--key <file>', 'its private key; key certificates.keyFile')
    .option('--kubeconfig <file>', 'how to reach the API server, outside a cluster; key cluster.kubeconfig')
    .option('--offline', 'without an API server: no labels of namespaces, no exceptions from the cluster; key cluster.enabled')
    .addOption(new Option('--log-level <level>', 'how much is logged (default info); key log.level').choices([...LOG_LEVELS]))
    .addHelpText('after', HELP)
    .action(async (flags: Flags) => {
      await runProcess((signal) => run(flags, signal));
    });
