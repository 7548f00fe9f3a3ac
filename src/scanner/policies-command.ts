import { Command, Option } from 'commander';
import { dump } from 'js-yaml';
import { BellwetherError, runProcess, systemClock } from '../platform/index.ts';
import { createPolicySet, exportVap, PROFILES, type ProfileName, parsePolicyConfig, policyPack } from '../policy/index.ts';
import { printResult } from './command/print-result.ts';
import { readConfig } from './command/settings.ts';

interface Flags {
  readonly format: string;
  readonly profile?: ProfileName;
  readonly only?: readonly string[];
  readonly config?: string;
  readonly exemptNamespaces: readonly string[];
  readonly output?: string;
}

// As in the webhook configuration: whoever repairs the cluster works there.
const EXEMPT = ['kube-system', 'kube-node-lease', 'kube-public', 'bellwether'] as const;

const list = (value: string): readonly string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

const HELP = `
What CEL cannot say is named on standard error and left to the webhook and the scanner.

Examples:
  $ bellwether policies export --format vap --profile baseline | kubectl apply -f -
  $ bellwether policies export --format vap --only privileged,host-network --output guard.yaml`;

const exportCommand = (): Command =>
  new Command('export')
    .description('Writes policies as ValidatingAdmissionPolicies with their bindings, which the API server judges without a webhook.')
    .addOption(new Option('--format <name>', 'of the result').choices(['vap']).default('vap'))
    .addOption(new Option('--profile <name>', 'which policies; baseline by default').choices([...PROFILES]))
    .option('--only <ids>', 'only these policies, whatever the profile', list)
    .option('--config <file>', 'YAML: profile, actions and params of policies, as for scan')
    .option('--exempt-namespaces <names>', 'namespaces where the policies do not hold', list, [...EXEMPT])
    .option('--output <file>', 'write the result here instead of standard output')
    .addHelpText('after', HELP)
    .action(async (flags: Flags) => void (await runProcess(() => run(flags))));

const run = async ({ profile, only, config, exemptNamespaces, output }: Flags): Promise<void> => {
  const nowMs = systemClock.nowMs();
  const { selection } = config === undefined ? parsePolicyConfig({}, 'configuration', nowMs) : await readConfig(config, nowMs);
  const chosen = profile ?? selection.profile ?? 'baseline';
  const { policies } = createPolicySet(policyPack(), { ...selection, profile: chosen, ...(only ? { only } : {}) });
  const { objects, left } = exportVap(policies, { exemptNamespaces });
  if (left.length > 0) process.stderr.write(`not exported, CEL cannot say them or their params differ: ${left.join(', ')}\n`);
  if (objects.length === 0) throw new BellwetherError('invalid_input', 'none of these policies can be exported');
  await printResult(objects.map((object) => dump(object, { lineWidth: -1 })).join('---\n'), output);
};

/** `bellwether policies`: the policies for other programs. */
export const policiesCommand = (): Command =>
  new Command('policies').description('Gives policies to other programs. bellwether scan --list shows them.').addCommand(exportCommand());
