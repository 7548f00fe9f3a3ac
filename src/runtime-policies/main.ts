import { Command, InvalidArgumentError } from 'commander';
import { collect } from '../command-line/index.ts';
import { BellwetherError, connectToCluster, createKubernetesClient, env, runProcess, systemClock } from '../platform/index.ts';
import { modeOf, recordOf } from './make-policy.ts';
import type { PolicyPlan } from './plan-policy.ts';
import { createPolicyBook, type PolicyBook } from './policy-book.ts';
import { type PolicyRequest, TEMPLATES } from './policy-request.ts';
import type { TracingPolicy } from './template.ts';

interface ClusterFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly protect?: readonly string[];
  readonly watchFor: number;
}
interface RequestFlags extends ClusterFlags {
  readonly namespace: string;
  readonly name?: string;
  readonly pods?: readonly string[];
  readonly path?: readonly string[];
  readonly cidr?: readonly string[];
  readonly exceptBinary?: readonly string[];
  readonly by?: string;
  readonly json?: boolean;
}

const MINUTE_MS = 60_000;
const print = (text: string): void => void process.stdout.write(text);

/** Minutes of a duration. */
const minutes = (text: string): number => {
  const [, count, unit] = /^(\d{1,5})(m|h|d)$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('It must be a duration such as 30m, 24h or 7d.');
  return Number(count) * (unit === 'm' ? 1 : unit === 'h' ? 60 : 1440);
};

const withBook = async (flags: ClusterFlags, work: (book: PolicyBook) => Promise<void>): Promise<void> => {
  const { kubeconfig, context, protect = [], watchFor } = flags;
  const client = createKubernetesClient(
    await connectToCluster({ ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) }),
  );
  try {
    await work(
      createPolicyBook(
        { client, clock: systemClock },
        { protectedNamespaces: ['bellwether', 'bellwether-*', ...protect], leastWatchedMs: watchFor * MINUTE_MS },
      ),
    );
  } finally {
    await client.close();
  }
};

const requestOf = (
  template: string,
  { namespace, name, pods = [], path = [], cidr = [], exceptBinary = [] }: RequestFlags,
): PolicyRequest => ({
  template,
  namespace,
  ...(name === undefined ? {} : { name }),
  podLabels: pods,
  paths: path,
  cidrs: cidr,
  exceptBinaries: exceptBinary,
});

const OUTCOMES: Readonly<Record<PolicyPlan['outcome'], string>> = {
  create: 'would be made, watching',
  change: 'would be changed, and watched anew',
  unchanged: 'is as asked for already',
  refused: 'is refused',
};
const DONE: Readonly<Record<PolicyPlan['outcome'], string>> = { ...OUTCOMES, create: 'made, watching', change: 'changed, watched anew' };

const planText = (plan: PolicyPlan, words: Readonly<Record<PolicyPlan['outcome'], string>>): string => {
  const { namespace = '', name } = plan.policy.metadata;
  return [
    `${namespace}/${name} ${words[plan.outcome]} (mode ${plan.mode})`,
    ...(plan.reason === undefined ? [] : [plan.reason]),
    ...plan.diff,
    ...plan.notes.map((note) => `note: ${note}`),
    '',
  ].join('\n');
};

const listText = (policies: readonly TracingPolicy[]): string => {
  if (policies.length === 0) return 'no runtime policies\n';
  const rows = [
    ['NAMESPACE', 'NAME', 'MODE', 'PODS', 'WATCHED SINCE', 'APPLIED BY', 'APPROVED BY', 'REASON'],
    ...policies.map((policy) => {
      const { appliedBy, watchedSince, approval } = recordOf(policy);
      const pods = Object.entries(policy.spec?.podSelector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
      return [
        policy.metadata.namespace ?? '',
        policy.metadata.name,
        modeOf(policy),
        pods.join(','),
        watchedSince,
        appliedBy,
        approval?.by ?? '',
        approval?.reason ?? '',
      ];
    }),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
};

const HELP = `
Templates:
${TEMPLATES.map(({ name, title, needs }) => `  ${name.padEnd(17)}${title}${needs === 'nothing' ? '' : ` (needs --${needs === 'paths' ? 'path' : 'cidr'})`}`).join('\n')}

A policy is about pods of one namespace with given labels, and only watches until somebody named promotes it.

Examples:
  $ bellwether runtime-policies plan shell -n shop --pods app=cart
  $ bellwether runtime-policies apply file-read -n shop --pods app=cart --path /etc/shadow --path /var/run/secrets/
  $ bellwether runtime-policies promote shell -n shop --approved-by ann --reason "a week without a hit"

Exit codes: 0 done, 1 failed or refused, 2 wrong use.`;

const withCluster = (command: Command): Command =>
  command
    .option('--kubeconfig <file>', 'how to reach the cluster')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--protect <namespace>', 'a further namespace that is never touched; may be given several times', collect)
    .option('--watch-for <duration>', 'how long a policy is watched before it may be promoted', minutes, 24 * 60);

const withRequest = (command: Command): Command =>
  withCluster(command)
    .requiredOption('-n, --namespace <name>', 'namespace of the pods')
    .option('--name <name>', "name of the policy; the template's where absent")
    .option('--pods <key=value>', 'label of the pods; may be given several times', collect)
    .option('--path <path>', 'a protected path, for file-read and file-write; may be given several times', collect)
    .option('--cidr <range>', 'an allowed range, for egress; may be given several times', collect)
    .option('--except-binary <path>', 'a program that may; may be given several times', collect)
    .option('--by <who>', 'who asks, for the record; the user where absent')
    .option('--json', 'the plan as JSON');

/** `bellwether runtime-policies`: what processes of a workload never do by themselves, watched and, once approved, stopped. */
export const runtimePoliciesCommand = (): Command => {
  const command = new Command('runtime-policies')
    .description("Tetragon's policies from templates: planned, watched, promoted by approval.")
    .addHelpText('after', HELP);
  const who = ({ by }: RequestFlags): string => by ?? env('USER') ?? 'command line';

  withRequest(command.command('plan <template>').description('what applying would change; changes nothing')).action(
    (template: string, flags: RequestFlags) =>
      runProcess(() =>
        withBook(flags, async (book) => {
          const plan = await book.plan(requestOf(template, flags), who(flags));
          print(flags.json ? `${JSON.stringify(plan, null, 2)}\n` : planText(plan, OUTCOMES));
          if (plan.outcome === 'refused') throw new BellwetherError('conflict', plan.reason ?? 'refused');
        }),
      ),
  );
  withRequest(command.command('apply <template>').description('makes or changes a policy that watches')).action(
    (template: string, flags: RequestFlags) =>
      runProcess(() =>
        withBook(flags, async (book) => {
          const plan = await book.apply(requestOf(template, flags), who(flags));
          print(flags.json ? `${JSON.stringify(plan, null, 2)}\n` : planText(plan, DONE));
        }),
      ),
  );
  withCluster(command.command('list').description('our policies with their modes and approvals'))
    .option('-n, --namespace <name>', 'only this namespace')
    .option('--json', 'as JSON')
    .action((flags: ClusterFlags & { readonly namespace?: string; readonly json?: boolean }) =>
      runProcess(() =>
        withBook(flags, async (book) => {
          const policies = await book.list(flags.namespace);
          print(flags.json ? `${JSON.stringify(policies, null, 2)}\n` : listText(policies));
        }),
      ),
    );
  withCluster(command.command('promote <name>').description('lets a policy that was watched stop what it is about'))
    .requiredOption('-n, --namespace <name>', 'its namespace')
    .requiredOption('--approved-by <who>', 'who approves it')
    .requiredOption('--reason <text>', 'why')
    .action((name: string, flags: ClusterFlags & { readonly namespace: string; readonly approvedBy: string; readonly reason: string }) =>
      runProcess(() =>
        withBook(flags, async (book) => {
          const { metadata } = await book.promote(flags.namespace, name, { by: flags.approvedBy, reason: flags.reason });
          print(`${flags.namespace}/${metadata.name} is enforced, approved by ${flags.approvedBy}\n`);
        }),
      ),
    );
  withCluster(command.command('demote <name>').description('lets a policy only watch again'))
    .requiredOption('-n, --namespace <name>', 'its namespace')
    .action((name: string, flags: ClusterFlags & { readonly namespace: string }) =>
      runProcess(() =>
        withBook(flags, async (book) => {
          const { metadata } = await book.demote(flags.namespace, name);
          print(`${flags.namespace}/${metadata.name} watches\n`);
        }),
      ),
    );
  withCluster(command.command('delete <name>').description('takes a policy away'))
    .requiredOption('-n, --namespace <name>', 'its namespace')
    .action((name: string, flags: ClusterFlags & { readonly namespace: string }) =>
      runProcess(() =>
        withBook(flags, async (book) => {
          await book.remove(flags.namespace, name);
          print(`${name} is gone from ${flags.namespace}\n`);
        }),
      ),
    );
  return command;
};
