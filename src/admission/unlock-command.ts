import { Command } from 'commander';
import { connectToCluster, createKubernetesClient, runProcess } from '../platform/index.ts';
import { type Unlocked, unlock } from './unlock.ts';

interface Flags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly name?: string;
  readonly delete?: boolean;
  readonly dryRun?: boolean;
}

const HELP = `
Use it when requests are refused with "failed calling webhook" and the webhook cannot be brought back at once.
It needs the API server alone. Argo CD and Flux undo it at their next sync: pause them, or set failurePolicy: Ignore in Git.
To lock again, apply the bundle. More in docs/runbooks/BellwetherAdmissionDown.md.

Examples:
  $ bellwether unlock --dry-run
  $ bellwether unlock
  $ bellwether unlock --delete`;

const describe = ({ name, action, hooks }: Unlocked, dryRun: boolean): string => {
  const would = dryRun ? 'would be ' : '';
  const what = {
    deleted: `${would}deleted`,
    ignored: `${would}set to failurePolicy Ignore`,
    'harmless already': 'has failurePolicy Ignore already',
  };
  return `${name} (${hooks.join(', ')}): ${what[action]}\n`;
};

/** `bellwether unlock`: the way out when the webhook itself keeps a cluster from being repaired. */
export const unlockCommand = (): Command =>
  new Command('unlock')
    .description('Lets every request pass the admission webhooks of Bellwether, also where nobody answers for them.')
    .option('--kubeconfig <file>', 'how to reach the API server')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--name <name>', 'only this webhook configuration')
    .option('--delete', 'delete the webhook configurations instead')
    .option('--dry-run', 'only say what would be done')
    .addHelpText('after', HELP)
    .action(async ({ kubeconfig, context, name, delete: remove = false, dryRun = false }: Flags) => {
      await runProcess(async () => {
        const client = createKubernetesClient(
          await connectToCluster({ ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) }),
        );
        try {
          const done = await unlock(client, { remove, dryRun, ...(name === undefined ? {} : { name }) });
          for (const one of done) process.stdout.write(describe(one, dryRun));
        } finally {
          await client.close();
        }
      });
    });
