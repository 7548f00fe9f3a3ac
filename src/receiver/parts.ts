import { createBackEnds, createSignalSource, withinNamespaces } from '../mitigation/index.ts';
import {
  BellwetherError,
  type Clock,
  connectToCluster,
  createHttpClient,
  createKubernetesClient,
  createLeaseElection,
  type Database,
  env,
  type Logger,
  openPostgresDatabase,
  openSqliteDatabase,
  randomId,
  readFile,
} from '../platform/index.ts';
import type { Leadership } from './app.ts';
import type { ReceiverConfig } from './config/schema.ts';
import type { MitigationCluster } from './mitigation/mitigation-desk.ts';

const MAX_URL_BYTES = 4096;

/** Opens the configured store; the address of a database is read anew each time, because its password may have changed. */
export const databaseOf =
  ({ store }: ReceiverConfig) =>
  async (): Promise<Database> => {
    if (store.postgresUrlFile !== undefined) {
      const url = Buffer.from(await readFile(store.postgresUrlFile, { maxBytes: MAX_URL_BYTES }))
        .toString('utf8')
        .trim();
      return await openPostgresDatabase({ url });
    }
    return await openSqliteDatabase({ path: store.path ?? '', maxBytes: store.maxBytes });
  };

/** Leader election by the configured Lease; undefined where it is off. Rejects with `invalid_config` where there is no way to a cluster. */
export const leadershipOf = async (
  { leader }: ReceiverConfig,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<((onChange: (leads: boolean) => void) => Leadership) | undefined> => {
  if (!leader.enabled) return undefined;
  const connection = await connectToCluster();
  const namespace = leader.namespace ?? connection.namespace;
  if (namespace === undefined) throw new BellwetherError('invalid_config', 'leader.namespace is missing, and no pod or context names one');
  // The name of the pod; two processes of one machine still differ.
  const identity = `${env('HOSTNAME') ?? 'receiver'}-${randomId().slice(0, 8)}`;
  return (onChange) =>
    createLeaseElection(
      { client: createKubernetesClient(connection), clock, log, onChange },
      { name: leader.lease, namespace, identity, leaseMs: leader.leaseSeconds * 1000 },
    );
};

const SIGNAL_TIMEOUT_MS = 10_000;

/** Where mitigations act; undefined where they are off. Rejects with `invalid_config` where there is no way to a cluster. */
export const mitigationClusterOf = async ({ mitigation }: ReceiverConfig): Promise<MitigationCluster | undefined> => {
  if (!mitigation.enabled) return undefined;
  const connection = await connectToCluster();
  const namespace = mitigation.namespace ?? connection.namespace;
  if (namespace === undefined)
    throw new BellwetherError('invalid_config', 'mitigation.namespace is missing, and no pod or context names one');
  const { prometheusUrl: url, prometheusTokenFile: bearerTokenFile } = mitigation;
  const http = url === undefined ? undefined : createHttpClient(bearerTokenFile === undefined ? {} : { bearerTokenFile });
  return {
    client: withinNamespaces(createKubernetesClient(connection), mitigation.namespaces),
    signals: http && url !== undefined ? createSignalSource({ http }, { url, timeoutMs: SIGNAL_TIMEOUT_MS }) : undefined,
    backEnds: createBackEnds(mitigation.backEnds.map(({ name }) => name)),
    namespace,
    forcedOff: env('BELLWETHER_MITIGATION')?.toLowerCase() === 'off',
  };
};
