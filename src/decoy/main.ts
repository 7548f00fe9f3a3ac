import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { collect, wholeNumber } from '../command-line/index.ts';
import { DEFAULT_LISTEN_ADDRESS, PORTS } from '../conventions/index.ts';
import {
  BellwetherError,
  connectToCluster,
  createKubernetesClient,
  createLogger,
  env,
  type KubernetesObject,
  randomId,
  runProcess,
  systemClock,
  systemRandom,
} from '../platform/index.ts';
import { DECOY_ANNOTATIONS, type RouteRequest } from './route/plan-route.ts';
import { createRouteBook } from './route/route-book.ts';
import { createDecoyApp } from './serve/decoy-app.ts';
import { TECHNIQUES } from './techniques.ts';

interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly selfPort: number;
  readonly name?: string;
  readonly receiver: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
}
interface RouteFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly decoy: string;
  readonly switch: string;
  readonly json?: boolean;
}
interface AskFlags extends RouteFlags {
  readonly header?: string;
  readonly value?: string;
  readonly address?: readonly string[];
  readonly ttl: number;
  readonly approvedBy: string;
  readonly reason: string;
}

const print = (text: string): void => void process.stdout.write(text);
const port = wholeNumber(0, 65_535);
const RECEIVER_TIMEOUT_MS = 15_000;

const minutes = (text: string): number => {
  const [, count, unit] = /^(\d{1,4})(m|h)$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('It must be a duration such as 30m or 2h.');
  return Number(count) * (unit === 'm' ? 1 : 60);
};

const serve = async (
  { host, port: front, selfPort, name, receiver, tokenFile, caFile }: ServeFlags,
  signal: AbortSignal,
): Promise<void> => {
  const app = createDecoyApp(
    { clock: systemClock, log: createLogger({ level: 'info', name: 'decoy' }), random: systemRandom, newId: randomId },
    {
      name: name ?? env('HOSTNAME') ?? 'decoy',
      host,
      port: front,
      selfPort,
      receiver: {
        url: receiver,
        timeoutMs: RECEIVER_TIMEOUT_MS,
        ...(tokenFile === undefined ? {} : { tokenFile }),
        ...(caFile === undefined ? {} : { caFile }),
      },
    },
  );
  await app.start();
  if (!signal.aborted) await once(signal, 'abort');
  await app.stop();
};

const placeOf = (text: string, flag: string): readonly [namespace: string, name: string] => {
  const [namespace = '', name = '', ...more] = text.split('/');
  if (namespace === '' || name === '' || more.length > 0)
    throw new BellwetherError('invalid_input', `${flag} is ${JSON.stringify(text)}, but must be NAMESPACE/NAME`);
  return [namespace, name];
};

const withBook = async (flags: RouteFlags, work: (book: ReturnType<typeof createRouteBook>) => Promise<void>): Promise<void> => {
  const { kubeconfig, context, decoy, switch: emergency } = flags;
  const [namespace, service] = placeOf(decoy, '--decoy');
  const [switchNamespace, name] = placeOf(emergency, '--switch');
  const client = createKubernetesClient(
    await connectToCluster({ ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) }),
  );
  try {
    await work(createRouteBook({ client, clock: systemClock }, { service, namespace, port: 80 }, { namespace: switchNamespace, name }));
  } finally {
    await client.close();
  }
};

const requestOf = (route: string, { header, value, address = [], ttl, approvedBy, reason }: AskFlags): RouteRequest => {
  const [kind = '', namespace = '', name = '', ...more] = route.split('/');
  if (name === '' || more.length > 0) throw new BellwetherError('invalid_input', `${route} is no route: say KIND/NAMESPACE/NAME`);
  return {
    kind,
    namespace,
    name,
    ...(header === undefined || value === undefined ? {} : { marker: { header, value } }),
    addresses: address,
    approvedBy,
    reason,
    expiresAtMs: systemClock.nowMs() + ttl * 60_000,
  };
};

const objectsText = (objects: readonly KubernetesObject[]): string =>
  objects
    .map(
      ({ kind, metadata: { namespace = '', name, annotations = {} } }) =>
        `${kind} ${namespace}/${name} until ${annotations[DECOY_ANNOTATIONS.expiresAt] ?? '?'}, approved by ${annotations[DECOY_ANNOTATIONS.approvedBy] ?? '?'}: ${annotations[DECOY_ANNOTATIONS.reason] ?? ''}\n`,
    )
    .join('');

const HELP = `
A decoy answers every request with a refusal, has nothing to give, and tells the receiver of it: ${TECHNIQUES.map(({ name }) => name).join(', ')}, looking-around.
Routes lead requests with a marker header there (Ingress of ingress-nginx, HTTPRoute, IngressRoute of Traefik), or client addresses (IngressRoute), and end by themselves.

Examples:
  $ bellwether decoy serve --receiver http://receiver:9467 --token-file token
  $ bellwether decoy plan HTTPRoute/shop/cart --header X-Suspect --value 1 --approved-by ann --reason "scanner of last night"
  $ bellwether decoy apply IngressRoute/shop/cart --address 203.0.113.7 --ttl 30m --approved-by ann --reason "scanner of last night"

Exit codes: 0 done, 1 failed or refused, 2 wrong use.`;

/** `bellwether decoy`: a server without anything real, and routes to it. */
export const decoyCommand = (): Command => {
  const command = new Command('decoy')
    .description('A server that has nothing and tells who asks, and routes that lead to it.')
    .addHelpText('after', HELP);
  command
    .command('serve')
    .description('runs the server')
    .option('--host <address>', 'address to listen on', DEFAULT_LISTEN_ADDRESS)
    .option('--port <port>', 'port for whoever looks around', port, PORTS.decoy)
    .option('--self-port <port>', 'port of own metrics, /healthz, /readyz', port, PORTS.decoySelf)
    .option('--name <name>', 'name in events; the host name where absent')
    .option('--receiver <url>', 'address of the receiver', `http://127.0.0.1:${PORTS.receiverApi}`)
    .option('--token-file <file>', 'file with a token of the role sender')
    .option('--ca-file <file>', 'PEM file of the authorities to trust')
    .action((flags: ServeFlags) => runProcess((signal) => serve(flags, signal)));
  const withCluster = (one: Command): Command =>
    one
      .option('--kubeconfig <file>', 'how to reach the cluster')
      .option('--context <name>', 'context of the kubeconfig')
      .option('--decoy <namespace/service>', 'the service of the decoy', 'bellwether-decoy/bellwether-decoy')
      .option('--switch <namespace/configmap>', 'the emergency switch of mitigations', 'bellwether/bellwether-mitigation');
  const withRequest = (one: Command): Command =>
    withCluster(one)
      .option('--header <name>', 'header of marked requests')
      .option('--value <value>', 'its value')
      .option('--address <range>', 'address of a client; may be given several times', collect)
      .option('--ttl <duration>', 'until it ends by itself, 1m to 4h', minutes, 15)
      .requiredOption('--approved-by <who>', 'who approves it')
      .requiredOption('--reason <text>', 'why')
      .option('--json', 'the objects as JSON');
  withRequest(command.command('plan <route>').description('what would be written; KIND/NAMESPACE/NAME')).action(
    (route: string, flags: AskFlags) =>
      runProcess(() =>
        withBook(flags, async (book) => {
          const plan = await book.plan(requestOf(route, flags));
          if ('refused' in plan) throw new BellwetherError('forbidden', plan.refused);
          print(`${JSON.stringify(plan.objects, null, 2)}\n${flags.json ? '' : plan.notes.map((note) => `note: ${note}\n`).join('')}`);
        }),
      ),
  );
  withRequest(command.command('apply <route>').description('leads requests to the decoy')).action((route: string, flags: AskFlags) =>
    runProcess(() =>
      withBook(flags, async (book) => {
        const objects = await book.apply(requestOf(route, flags));
        print(flags.json ? `${JSON.stringify(objects, null, 2)}\n` : objectsText(objects));
      }),
    ),
  );
  withCluster(command.command('list').description('objects of routes to decoys'))
    .option('--json', 'as JSON')
    .action((flags: RouteFlags) =>
      runProcess(() =>
        withBook(flags, async (book) => {
          const objects = await book.list();
          print(flags.json ? `${JSON.stringify(objects, null, 2)}\n` : objectsText(objects) || 'no routes to decoys\n');
        }),
      ),
    );
  withCluster(command.command('revert <name>').description('takes a route away, by the name that list shows')).action(
    (name: string, flags: RouteFlags) =>
      runProcess(() => withBook(flags, async (book) => print(`${await book.revert(name)} objects taken away\n`))),
  );
  withCluster(command.command('revert-all').description('takes every route to a decoy away')).action((flags: RouteFlags) =>
    runProcess(() => withBook(flags, async (book) => print(`${await book.revertAll()} objects taken away\n`))),
  );
  withCluster(
    command.command('expire').description('takes away every route that is past its end, and all of them once the switch says "revert"'),
  )
    .option('--ahead <seconds>', 'wait for what ends within this time', wholeNumber(0, 600), 0)
    .action((flags: RouteFlags & { readonly ahead: number }) =>
      runProcess((signal) =>
        withBook(flags, async (book) => print(`${await book.expire(flags.ahead * 1000, signal)} objects taken away\n`)),
      ),
    );
  return command;
};
