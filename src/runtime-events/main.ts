import { Command, Option } from 'commander';
import { wholeNumber } from '../command-line/index.ts';
import { type Clock, runProcess, systemClock } from '../platform/index.ts';
import { createReceiverReader } from './command/ask-receiver.ts';
import { addEventFlags, clientOf, type EventFlags, filterOfFlags } from './command/event-flags.ts';
import { readExport } from './command/read-export.ts';
import type { RuntimeEvent } from './runtime-event.ts';
import { EVENT_CSV_HEAD, eventCsvLine, eventLine, printable, treeLines } from './view/event-text.ts';
import { processTree } from './view/process-tree.ts';

interface ListFlags extends EventFlags {
  readonly limit: number;
  readonly json?: boolean;
}
interface ExportFlags extends EventFlags {
  readonly limit: number;
  readonly format: 'csv' | 'json';
}

const print = (text: string): void => void process.stdout.write(text);
const tell = (text: string): void => void process.stderr.write(`${printable(text)}\n`);
const clock: Clock = systemClock;

const tellRefused = (refused: Readonly<Record<string, number>>): void => {
  const given = Object.entries(refused);
  if (given.length > 0) tell(`left out: ${given.map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`).join(', ')}`);
};

/** The newest `limit` events of a file, oldest first. */
const readFile = async (path: string, flags: EventFlags, limit: number, signal: AbortSignal): Promise<readonly RuntimeEvent[]> => {
  const found: RuntimeEvent[] = [];
  const refused: Record<string, number> = {};
  for await (const read of readExport(path, filterOfFlags(flags, clock.nowMs()), { follow: false, clock, tell }, signal)) {
    found.push(...read.events);
    // Twice the limit at most is held, however long the file is.
    if (found.length > 2 * limit) found.splice(0, found.length - limit);
    for (const [reason, count] of Object.entries(read.refused)) refused[reason] = (refused[reason] ?? 0) + count;
  }
  tellRefused(refused);
  return found.slice(-limit);
};

/** Oldest first, as a log is read. */
const find = async (flags: EventFlags, limit: number, signal: AbortSignal): Promise<readonly RuntimeEvent[]> => {
  if (flags.file !== undefined) return await readFile(flags.file, flags, limit, signal);
  const http = clientOf(flags);
  try {
    const events = await createReceiverReader(http, flags.receiver).list(filterOfFlags(flags, clock.nowMs()), limit, signal);
    return [...events].reverse();
  } finally {
    await http.close();
  }
};

const list = async (flags: ListFlags, signal: AbortSignal): Promise<void> => {
  for (const event of await find(flags, flags.limit, signal)) print(`${flags.json ? JSON.stringify(event) : eventLine(event)}\n`);
};

const follow = async (flags: EventFlags & { readonly json?: boolean }, signal: AbortSignal): Promise<void> => {
  const show = (event: RuntimeEvent): void => print(`${flags.json ? JSON.stringify(event) : eventLine(event)}\n`);
  const filter = filterOfFlags(flags, clock.nowMs());
  if (flags.file !== undefined) {
    for await (const { events, refused } of readExport(flags.file, filter, { follow: true, clock, tell }, signal)) {
      events.forEach(show);
      tellRefused(refused);
    }
    return;
  }
  const http = clientOf(flags);
  try {
    for await (const event of createReceiverReader(http, flags.receiver).follow(filter, clock, signal)) show(event);
  } finally {
    await http.close();
  }
};

const tree = async (flags: ListFlags, signal: AbortSignal): Promise<void> => {
  const nodes = processTree(await find({ ...flags, source: 'tetragon' }, flags.limit, signal));
  print(
    flags.json
      ? `${JSON.stringify(nodes, null, 2)}\n`
      : treeLines(nodes)
          .map((line) => `${line}\n`)
          .join(''),
  );
};

const exportEvents = async (flags: ExportFlags, signal: AbortSignal): Promise<void> => {
  if (flags.file !== undefined) {
    const events = await readFile(flags.file, flags, flags.limit, signal);
    print(
      flags.format === 'csv'
        ? `${EVENT_CSV_HEAD}${events.map(eventCsvLine).join('')}`
        : events.map((event) => `${JSON.stringify(event)}\n`).join(''),
    );
    return;
  }
  const http = clientOf(flags);
  try {
    const filter = filterOfFlags(flags, clock.nowMs());
    for await (const piece of await createReceiverReader(http, flags.receiver).exported(filter, flags.format, flags.limit, signal))
      process.stdout.write(piece);
  } finally {
    await http.close();
  }
};

const HELP = `
Events come from a receiver to which collectors bring them, or from an export file of Tetragon with --file.
Text is safe to print: signs that a terminal would obey are written as \\uXXXX. Arguments of processes may hold secrets.

Examples:
  $ bellwether events list -n shop --workload cart --since 1h --token-file token
  $ bellwether events follow --type policy --token-file token
  $ bellwether events tree --file /var/run/cilium/tetragon/tetragon.log --pod cart-7d4b9c-x2x4z
  $ bellwether events export --format csv --since 7d --token-file token > events.csv

Exit codes: 0 done, 1 failed, 2 wrong use.`;

const MOST = 1_000_000;

/** `bellwether events`: what processes do and what Kubernetes says, as a list, live, as a tree, as a file. */
export const eventsCommand = (): Command => {
  const command = new Command('events')
    .description('Shows runtime events: processes, hits of policies, Kubernetes Events, requests to decoys.')
    .addHelpText('after', HELP);
  const limited = (one: Command, fallback: number): Command =>
    addEventFlags(one).option('--limit <count>', 'most events, the newest', wholeNumber(1, MOST), fallback);
  const json = '--json';
  const asJson = 'an object per line';
  limited(command.command('list').description('events, oldest first'), 100)
    .option(json, asJson)
    .action((flags: ListFlags) => runProcess((signal) => list(flags, signal)));
  addEventFlags(command.command('follow').description('events as they arrive, until Ctrl-C'))
    .option(json, asJson)
    .action((flags: EventFlags) => runProcess((signal) => follow(flags, signal)));
  limited(command.command('tree').description('processes by who started whom'), 2_000)
    .option(json, 'as JSON')
    .action((flags: ListFlags) => runProcess((signal) => tree(flags, signal)));
  limited(command.command('export').description('events as a file on standard output'), 100_000)
    .addOption(new Option('--format <format>', 'CSV, or a JSON object per line').choices(['csv', 'json']).default('csv'))
    .action((flags: ExportFlags) => runProcess((signal) => exportEvents(flags, signal)));
  return command;
};
