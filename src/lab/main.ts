import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_LISTEN_ADDRESS, PORTS } from '../conventions/index.ts';
import {
  connectToCluster,
  createHttpClient,
  createKubernetesClient,
  EXIT_CODES,
  listen,
  runProcess,
  systemClock,
} from '../platform/index.ts';
import { runConductor } from './conductor.ts';
import { actAt, deriveSchedule } from './drill-schedule.ts';
import { ROLES, type Role, runMember } from './member.ts';

const MINUTE_MS = 60_000;
/** A drill ends the same day. */
const MAX_MS = 180 * MINUTE_MS;

const DURATION = /^(\d+)(s|m|h)$/;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: MINUTE_MS, h: 60 * MINUTE_MS };

const duration = (text: string): number => {
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  const ms = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  if (Number.isNaN(ms) || ms < 1_000 || ms > MAX_MS) throw new InvalidArgumentError('It must be a duration from 1s to 3h, for example 8m.');
  return ms;
};

interface DrillFlags {
  readonly namespace?: string;
  readonly prefix: string;
  readonly warmUp: number;
  readonly act: number;
  readonly rest: number;
  readonly host: string;
  readonly port: number;
}

const conductDrill = async ({ namespace, prefix, warmUp, act, rest, host, port }: DrillFlags, signal: AbortSignal): Promise<void> => {
  const schedule = deriveSchedule({ startMs: systemClock.nowMs(), warmUpMs: warmUp, actMs: act, restMs: rest });
  const listener = await listen((_, answer) => void answer.end(actAt(schedule, systemClock.nowMs())), { host, port, name: 'drill' });
  const cluster = namespace === undefined ? undefined : createKubernetesClient(await connectToCluster());
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  say(`acts are told at ${listener.url}/act; the drill ends in ${Math.round((schedule.endMs - schedule.startMs) / MINUTE_MS)} minutes`);
  try {
    process.stdout.write(
      await runConductor({ clock: systemClock, cluster, say }, { schedule, namespace: namespace ?? 'default', prefix }, signal),
    );
  } finally {
    await cluster?.close();
    await listener.close();
  }
};

interface MemberFlags {
  readonly conductor: string;
  readonly web: string;
  readonly host: string;
  readonly port: number;
}

const burn = (ms: number): void => {
  for (const end = systemClock.monotonicMs() + ms; systemClock.monotonicMs() < end; );
};

const liveAs = async (role: Role, { conductor, web, host, port }: MemberFlags, signal: AbortSignal): Promise<void> => {
  const http = createHttpClient();
  // Every member answers probes; the web also its visitors, and swallows what is sent to it.
  const listener = await listen((request, answer) => void request.resume().on('end', () => answer.end('ok')), { host, port, name: role });
  try {
    await runMember({ http, clock: systemClock, burn }, { role, conductorUrl: conductor, webUrl: web }, signal);
  } finally {
    await listener.close();
    await http.close();
  }
};

/** A port of its own to listen on. */
const withAddress = (command: Command): Command =>
  command
    .option('--host <address>', 'address to listen on', DEFAULT_LISTEN_ADDRESS)
    .addOption(new Option('--port <port>', 'port to listen on').argParser(Number).default(PORTS.lab));

/** `bellwether lab`: a small shop in which things go wrong by a timetable, to see what is found and to record it. */
export const labCommand = (): Command => {
  const lab = new Command('lab').description(
    'Runs a drill: a small shop in which load, a miner, a scanner, a crash loop and a transfer happen by a timetable.',
  );
  withAddress(lab.command('conduct'))
    .description(
      'Keeps the timetable, tells it to the members, and writes the phase file for `bellwether record` to standard output at the end.',
    )
    .option('--namespace <name>', 'keep the phase file in a ConfigMap of this namespace, and take the members there away at the end')
    .option('--prefix <text>', 'of the names of the members', 'bellwether-lab')
    .addOption(new Option('--warm-up <duration>', 'quiet life before the first act').argParser(duration).default(30 * MINUTE_MS, '30m'))
    .addOption(new Option('--act <duration>', 'length of each act').argParser(duration).default(8 * MINUTE_MS, '8m'))
    .addOption(new Option('--rest <duration>', 'quiet life after each act').argParser(duration).default(7 * MINUTE_MS, '7m'))
    .addHelpText(
      'after',
      `\nExample: bellwether lab conduct --warm-up 2m --act 1m --rest 1m > phases.json\nExit codes: ${EXIT_CODES.ok} done, ${EXIT_CODES.failed} failed, ${EXIT_CODES.usage} wrong command line.`,
    )
    .action((flags: DrillFlags) => runProcess((signal) => conductDrill(flags, signal)));
  for (const role of ROLES)
    withAddress(lab.command(role))
      .description(`Lives as the member ${role} of the shop.`)
      .requiredOption('--conductor <url>', 'where the timetable is told, for example http://127.0.0.1:9470')
      .option('--web <url>', 'where the member web answers, with a slash at the end', 'http://127.0.0.1:9470/')
      .action((flags: MemberFlags) => runProcess((signal) => liveAs(role, flags, signal)));
  return lab;
};
