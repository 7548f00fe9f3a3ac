import { type Command, InvalidArgumentError, Option } from 'commander';
import { PORTS } from '../../conventions/index.ts';
import { createHttpClient, type HttpClient, parseTime } from '../../platform/index.ts';
import { EVENT_SOURCES, EVENT_TYPES } from '../runtime-event.ts';
import type { EventFilter } from '../view/event-filter.ts';

/** What every part of the command takes. */
export interface EventFlags {
  readonly receiver: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly file?: string;
  readonly source?: string;
  readonly type?: string;
  readonly node?: string;
  readonly namespace?: string;
  readonly pod?: string;
  readonly workload?: string;
  readonly policy?: string;
  readonly binary?: string;
  readonly since?: number;
  readonly from?: number;
  readonly to?: number;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d{1,9})(s|m|h|d)$/;

const duration = (text: string): number => {
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('It must be a duration such as 30s, 15m, 2h or 7d.');
  return Number(count) * (UNITS[unit] ?? 0);
};
const time = (text: string): number => {
  const ms = parseTime(text);
  if (ms === undefined) throw new InvalidArgumentError('It must be a time such as 2026-01-31T12:00:00Z, or unix seconds.');
  return ms;
};

export const addEventFlags = (command: Command): Command =>
  command
    .option('--receiver <url>', 'address of the receiver', `http://127.0.0.1:${PORTS.receiverApi}`)
    .option('--token-file <file>', 'file with a token of a role that may read')
    .option('--ca-file <file>', 'PEM file of the authorities to trust')
    .option('--file <file>', 'an export file of Tetragon (and the files it was rotated to) instead of a receiver')
    .addOption(new Option('--source <source>', 'only what it saw').choices(EVENT_SOURCES))
    .addOption(new Option('--type <type>', 'only these').choices(EVENT_TYPES))
    .option('--node <name>', 'only this node')
    .option('-n, --namespace <name>', 'only this namespace')
    .option('--pod <name>', 'only this pod')
    .option('--workload <name>', 'only this workload, and pods that are called after it')
    .option('--policy <name>', 'only hits of this tracing policy')
    .option('--binary <path>', 'only this binary (or reason, or technique)')
    .option('--since <duration>', 'only the last while, such as 15m', duration)
    .option('--from <time>', 'at this time or later', time)
    .option('--to <time>', 'at this time or before', time);

/** The filter that flags describe. */
export const filterOfFlags = (flags: EventFlags, nowMs: number): EventFilter => {
  const { source, type, node, namespace, pod, workload, policy, binary: subject, since, from, to: toMs } = flags;
  const fromMs = from ?? (since === undefined ? undefined : nowMs - since);
  return Object.fromEntries(
    Object.entries({ source, type, node, namespace, pod, workload, policy, subject, fromMs, toMs }).filter(
      ([, value]) => value !== undefined,
    ),
  );
};

/** The filter as the query of the API takes it. */
export const queryOf = ({ fromMs, toMs, ...exact }: EventFilter, more: Readonly<Record<string, string>> = {}): string =>
  new URLSearchParams({
    ...exact,
    ...(fromMs === undefined ? {} : { from: String(fromMs / 1000) }),
    ...(toMs === undefined ? {} : { to: String(toMs / 1000) }),
    ...more,
  }).toString();

export const clientOf = ({ tokenFile, caFile }: EventFlags): HttpClient =>
  createHttpClient({
    ...(tokenFile === undefined ? {} : { bearerTokenFile: tokenFile }),
    ...(caFile === undefined ? {} : { tls: { caFile } }),
  });
