import { Command, InvalidArgumentError } from 'commander';
import { MITIGATION_BACK_ENDS, PORTS } from '../conventions/index.ts';
import { reap, withinNamespaces } from '../mitigation/index.ts';
import {
  BellwetherError,
  connectToCluster,
  createHttpClient,
  createKubernetesClient,
  type HttpClient,
  runProcess,
  systemClock,
} from '../platform/index.ts';
import { formatMitigation, formatMitigations, formatPlan, type MitigationView, type PlanView } from './format.ts';
import { askReceiver } from './requests.ts';

interface Access {
  readonly receiver: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
}

interface ApplyFlags extends Access {
  readonly namespace: string;
  readonly reason: string;
  readonly enforce?: boolean;
  readonly isolate?: boolean;
  readonly egress?: number;
  readonly backEnd?: string;
  readonly rps?: number;
  readonly burst?: number;
  readonly connections?: number;
  readonly allClients?: boolean;
  readonly ttl?: number;
  readonly planOnly?: boolean;
}

interface ReaperFlags {
  readonly ahead: number;
  readonly kubeconfig?: string;
  readonly backEnds?: string;
  readonly namespaces?: string;
}

const namesIn = (text: string | undefined): readonly string[] | undefined =>
  text
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const print = (text: string): void => void process.stdout.write(text);

const withReceiver = async (
  { receiver, tokenFile, caFile }: Access,
  work: (ask: (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<unknown>) => Promise<void>,
): Promise<void> => {
  const http: HttpClient = createHttpClient({
    ...(tokenFile === undefined ? {} : { bearerTokenFile: tokenFile }),
    ...(caFile === undefined ? {} : { tls: { caFile } }),
  });
  await work((method, path, body) => askReceiver(http, receiver, method, path, body)).finally(() => http.close());
};

const number = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('not a number of at least 0.');
  return value;
};

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9 };

/** A number with or without k, M or G. */
const bits = (text: string): number => {
  const [, digits = '', unit = ''] = /^(\d{1,12})([kMG]?)$/.exec(text) ?? [];
  if (digits === '') throw new InvalidArgumentError('It must be bits per second, such as 500k, 10M or 1G.');
  return Number(digits) * (UNITS[unit] ?? 1);
};

/** `Kind/name`. */
const targetOf = (text: string): { readonly kind: string; readonly name: string } => {
  const [kind, name, ...more] = text.split('/');
  if (!kind || !name || more.length > 0)
    throw new BellwetherError('invalid_input', `${text} is no target: write it as KIND/NAME, such as HTTPRoute/cart`);
  return { kind, name };
};

const pathOf = (text: string): string => {
  const [namespace, name, ...more] = text.split('/');
  if (!namespace || !name || more.length > 0)
    throw new BellwetherError(
      'invalid_input',
      `${text} is no mitigation: write it as NAMESPACE/NAME, as "bellwether mitigate list" shows it`,
    );
  return `/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
};

const apply = (target: string, flags: ApplyFlags): Promise<void> =>
  withReceiver(flags, async (ask) => {
    const { namespace, reason, backEnd, rps, burst, connections, ttl, egress } = flags;
    if (flags.isolate && [rps, burst, connections].some((one) => one !== undefined))
      throw new BellwetherError('invalid_input', 'isolation has no numbers: leave --rps, --burst and --connections out');
    if (flags.isolate && egress !== undefined)
      throw new BellwetherError('invalid_input', '--isolate and --egress are two things: isolate a workload, or bound what it sends');
    const answer = (await ask('POST', '', {
      namespace,
      target: targetOf(target),
      reason,
      mode: flags.enforce ? 'enforce' : 'dryRun',
      action: flags.isolate ? 'isolate' : egress === undefined ? 'rateLimit' : 'limitEgress',
      ...(egress === undefined ? {} : { egressBitsPerSecond: egress }),
      ...(backEnd === undefined ? {} : { backEnd }),
      ...(rps === undefined ? {} : { requestsPerSecond: rps }),
      ...(burst === undefined ? {} : { burst }),
      ...(connections === undefined ? {} : { connections }),
      ...(flags.allClients ? { perClient: false } : {}),
      ...(ttl === undefined ? {} : { ttlSeconds: ttl }),
      ...(flags.planOnly ? { planOnly: true } : {}),
    })) as { readonly plan: PlanView; readonly namespace?: string; readonly name?: string };
    print(formatPlan(answer.plan));
    if (answer.name !== undefined) print(`asked for: ${answer.namespace}/${answer.name}\n`);
    if (!answer.plan.allowed) process.exitCode = 1;
  });

const HELP = `
Everything but "reap" asks the receiver, so that budget, roles and the audit log hold for it as well. A limit always ends by itself.

Examples:
  $ bellwether mitigate apply HTTPRoute/cart -n shop --reason "flood from abroad" --plan-only
  $ bellwether mitigate apply HTTPRoute/cart -n shop --reason "flood from abroad" --rps 10 --burst 50 --enforce
  $ bellwether mitigate revert shop/cart-1a2b3c4d5e --reason "over"

Exit codes: 0 done, 1 failed or not allowed, 2 wrong command line, or refused with a reason.`;

/** `bellwether mitigate`: asks for limits, shows them, takes them back; and the reaper, which needs nobody. */
export const mitigateCommand = (): Command => {
  const command = new Command('mitigate')
    .description('Bounded, expiring limits on traffic: asks for them, shows them, takes them back.')
    .addHelpText('after', HELP);
  const withAccess = (one: Command): Command =>
    one
      .option('--receiver <url>', 'address of the receiver', `http://127.0.0.1:${PORTS.receiverApi}`)
      .option('--token-file <file>', 'file with a token of a role that may respond')
      .option('--ca-file <file>', 'PEM file of the authorities to trust');
  withAccess(command.command('apply <kind/name>').description('limits a route, or isolates a workload; a dry run unless --enforce'))
    .requiredOption('-n, --namespace <name>', 'namespace of the target')
    .requiredOption('--reason <text>', 'why, for people')
    .option('--enforce', 'turn requests away; without it they are only counted')
    .option('--plan-only', 'only say what would be done')
    .option('--isolate', 'cut a workload off instead of limiting it')
    .option('--egress <bits>', 'bound what each pod of a workload sends, in bits per second such as 10M', bits)
    .option('--back-end <name>', 'which data plane; the first that serves the target by default')
    .option('--rps <number>', 'requests per second; worked out from the usual traffic by default', number)
    .option('--burst <number>', 'requests above the rate that may come at once', number)
    .option('--connections <number>', 'requests in flight at once', number)
    .option('--all-clients', 'limit all clients together instead of each one')
    .option('--ttl <seconds>', 'its life, 60 to 14400 (default 900)', number)
    .action((target: string, flags: ApplyFlags) => runProcess(() => apply(target, flags)));
  withAccess(command.command('list').description('all mitigations, as the cluster holds them'))
    .option('--json', 'as JSON')
    .action((flags: Access & { readonly json?: boolean }) =>
      runProcess(() =>
        withReceiver(flags, async (ask) => {
          const answer = (await ask('GET', '')) as {
            readonly switchReason: string | null;
            readonly mitigations: readonly MitigationView[];
          };
          if (flags.json) return print(`${JSON.stringify(answer, null, 2)}\n`);
          if (answer.switchReason !== null) print(`off: ${answer.switchReason}\n`);
          print(formatMitigations(answer.mitigations));
        }),
      ),
    );
  withAccess(command.command('show <namespace/name>').description('one mitigation with its numbers, changes and conditions')).action(
    (name: string, flags: Access) =>
      runProcess(() => withReceiver(flags, async (ask) => print(formatMitigation((await ask('GET', pathOf(name))) as MitigationView)))),
  );
  withAccess(command.command('approve <namespace/name>').description('lets one that waits begin')).action((name: string, flags: Access) =>
    runProcess(() =>
      withReceiver(flags, async (ask) => {
        await ask('POST', `${pathOf(name)}/approve`);
        print(`approved: ${name}\n`);
      }),
    ),
  );
  withAccess(command.command('revert <namespace/name>').description('takes one back now'))
    .option('--reason <text>', 'why, for the record')
    .action((name: string, flags: Access & { readonly reason?: string }) =>
      runProcess(() =>
        withReceiver(flags, async (ask) => {
          await ask('POST', `${pathOf(name)}/revert`, flags.reason === undefined ? {} : { reason: flags.reason });
          print(`taken back: ${name}\n`);
        }),
      ),
    );
  withAccess(
    command.command('revert-all').description('takes everything back, and lets nothing begin until it is switched on again'),
  ).action((flags: Access) =>
    runProcess(() =>
      withReceiver(flags, async (ask) => {
        await ask('POST', '/revert-all');
        print(
          'everything is taken back, routes to decoys within about a minute; nothing begins until an administrator says: bellwether mitigate switch on\n',
        );
      }),
    ),
  );
  withAccess(command.command('switch <on|off>').description('lets mitigations begin, or not; what is in force keeps its end')).action(
    (state: string, flags: Access) =>
      runProcess(() =>
        withReceiver(flags, async (ask) => {
          await ask('POST', '/switch', { state });
          print(`switched ${state}\n`);
        }),
      ),
  );
  command
    .command('reap')
    .description('removes whatever is past its end, straight from the cluster; run by a CronJob')
    .option('--ahead <seconds>', 'wait for what ends within this time', number, 0)
    .option('--kubeconfig <file>', 'kubeconfig; the account of the pod by default')
    .option('--back-ends <names>', 'back-ends to look after, separated by commas; all by default')
    .option('--namespaces <names>', 'namespaces to look after, separated by commas; all by default')
    .action((flags: ReaperFlags) => runProcess((signal) => runReaper(flags, signal)));
  return command;
};

const runReaper = async ({ ahead, kubeconfig, backEnds, namespaces }: ReaperFlags, signal: AbortSignal): Promise<void> => {
  const names = namesIn(backEnds) ?? Object.keys(MITIGATION_BACK_ENDS);
  const kinds = names.flatMap((name) => {
    const found = MITIGATION_BACK_ENDS[name];
    if (!found)
      throw new BellwetherError('invalid_input', `${name} is no back-end; there are: ${Object.keys(MITIGATION_BACK_ENDS).join(', ')}`);
    return found.writes;
  });
  const cluster = createKubernetesClient(await connectToCluster(kubeconfig === undefined ? {} : { kubeconfig }));
  const client = withinNamespaces(cluster, namesIn(namespaces) ?? []);
  try {
    const { found, removed, failed } = await reap({ client, clock: systemClock }, kinds, { aheadMs: ahead * 1000, signal });
    print(`${found} changed objects, ${removed.length} past their end\n${removed.map((one) => `taken back: ${one}\n`).join('')}`);
    if (failed.length > 0)
      throw new BellwetherError('upstream_refused', failed.map(({ object, reason }) => `${object} is still there: ${reason}`).join('\n'));
  } finally {
    await client.close();
  }
};
