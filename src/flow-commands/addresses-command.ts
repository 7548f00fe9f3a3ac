import { Command } from 'commander';
import { wholeNumber } from '../command-line/index.ts';
import { podAddresses } from '../flows/index.ts';
import {
  connectToCluster,
  createKubernetesClient,
  describeError,
  type KubernetesClient,
  runProcess,
  systemClock,
  writeFileAtomic,
} from '../platform/index.ts';
import { print, tell } from './hosts.ts';

interface Flags {
  readonly out: string;
  readonly every?: number;
  readonly kubeconfig?: string;
}

const KINDS = [
  { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  { apiVersion: 'batch/v1', kind: 'Job' },
] as const;

/** Writes the list and gives the number of addresses. */
const writeOnce = async (client: KubernetesClient, out: string, signal: AbortSignal): Promise<number> => {
  const { items: pods } = await client.list({ apiVersion: 'v1', kind: 'Pod' }, { signal });
  const owners = (await Promise.all(KINDS.map((kind) => client.list(kind, { signal })))).flatMap(({ items }) => items);
  const entries = podAddresses(pods, owners);
  // JSON is YAML: the exporter reads both.
  await writeFileAtomic(out, [new TextEncoder().encode(`${JSON.stringify(entries, undefined, 1)}\n`)]);
  return entries.length;
};

const run = async ({ out, every, kubeconfig }: Flags, signal: AbortSignal): Promise<void> => {
  const client = createKubernetesClient(await connectToCluster(kubeconfig === undefined ? {} : { kubeconfig }));
  try {
    if (every === undefined) {
      print(`${await writeOnce(client, out, signal)} addresses in ${out}\n`);
      return;
    }
    while (!signal.aborted) {
      try {
        await writeOnce(client, out, signal);
      } catch (error) {
        if (!signal.aborted) tell(`the API server was not read, the old list stays: ${describeError(error)}`);
      }
      await systemClock.sleep(every * 1000, signal);
    }
  } finally {
    await client.close();
  }
};

/** `bellwether flows addresses`. */
export const addressesFlowsCommand = (): Command =>
  new Command('addresses')
    .description(
      'Writes which workload has which address, from the API server, as `flows.workloads` of the exporter takes it. Needs list on pods, replicasets and jobs.',
    )
    .requiredOption('--out <file>', 'list to write')
    .option('--every <seconds>', 'write it again and again until stopped; the exporter reads each new one', wholeNumber(1, 86_400))
    .option('--kubeconfig <file>', 'else KUBECONFIG, the service account of the pod, ~/.kube/config')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong command line.')
    .action((flags: Flags) => runProcess((signal) => run(flags, signal)));
