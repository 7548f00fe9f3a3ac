import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { Command } from 'commander';
import { wholeNumber } from '../command-line/index.ts';
import {
  type CaptureOptions,
  FLOW_CSV_HEADER,
  formatFlow,
  METER_DEFAULTS,
  type MeterCounts,
  meterBytes,
  meterFile,
} from '../flows/index.ts';
import { BellwetherError, openWriteStream, runProcess } from '../platform/index.ts';
import { createFlowFolder } from './flow-folder.ts';
import { print, tell } from './hosts.ts';

interface Flags {
  readonly out?: string;
  readonly outDir?: string;
  readonly timeout: number;
  readonly maxFlows: number;
  readonly maxRate?: number;
  readonly rows: number;
  readonly keep: number;
}

const SECOND_US = 1_000_000;
const STANDARD_INPUT = '-';

const tellCounts = (path: string, { skipped, backwards, pressed, problem }: MeterCounts): void => {
  for (const [reason, count] of skipped) tell(`${path}: ${count} packets count in no flow: ${reason}`);
  if (backwards > 0) tell(`${path}: the clock went back at ${backwards} packets`);
  if (pressed > 0) tell(`${path}: ${pressed} flows were ended early, because more than --max-flows were under way`);
  if (problem !== undefined) tell(`${path}: ${problem}`);
};

interface Target {
  write(rows: readonly string[], counts: MeterCounts): Promise<void>;
  end(): Promise<void>;
}

const toFile = async (out: string): Promise<Target> => {
  const stream = await openWriteStream(out);
  stream.write(`${FLOW_CSV_HEADER}\n`);
  return {
    write: async (rows) => {
      if (rows.length > 0 && !stream.write(`${rows.join('\n')}\n`)) await once(stream, 'drain');
    },
    end: async () => {
      const done = finished(stream);
      stream.end();
      await done;
    },
  };
};

const toFolder = (folder: string, { rows, keep }: Flags): Target => {
  const files = createFlowFolder({ folder, rows, kept: keep });
  let told = 0;
  return {
    write: async (lines, counts) => {
      await files.write(lines);
      if (files.files === told) return;
      told = files.files;
      if (told === 1) return;
      // A capture that never ends must not keep what it dropped to itself.
      const dropped = [...counts.skipped].map(([reason, count]) => `, ${count} in no flow (${reason})`).join('');
      tell(`${counts.packets} packets, ${counts.flows} flows so far${dropped}, ${counts.pressed} flows ended early`);
    },
    end: files.end,
  };
};

/** Standard input until it ends or the signal comes; what was read by then counts. */
const standardInput = async function* (signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const stop = (): void => void process.stdin.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of process.stdin) yield chunk as Buffer;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

const run = async (path: string, flags: Flags, signal: AbortSignal): Promise<void> => {
  const { out, outDir, timeout, maxFlows, maxRate } = flags;
  if ((out === undefined) === (outDir === undefined)) throw new BellwetherError('invalid_input', 'give --out or --out-dir');
  const target = out === undefined ? toFolder(outDir!, flags) : await toFile(out);
  let rows: string[] = [];
  const sink = {
    flow: (flow: Parameters<typeof formatFlow>[0]) => void rows.push(formatFlow(flow)),
    drain: async (counts: MeterCounts) => {
      if (signal.aborted && path !== STANDARD_INPUT) throw new BellwetherError('cancelled', 'stopped');
      const ready = rows;
      rows = [];
      await target.write(ready, counts);
    },
  };
  const options: CaptureOptions = { timeoutUs: timeout * SECOND_US, maxFlows, maxRate };
  const isLive = path === STANDARD_INPUT;
  const name = isLive ? 'standard input' : path;
  const counts = isLive ? await meterBytes(standardInput(signal), name, sink, options) : await meterFile(path, sink, options);
  await target.end();
  tellCounts(name, counts);
  print(`${counts.flows} flows of ${counts.packets} packets in ${out ?? outDir}\n`);
};

/** `bellwether flows meter`. */
export const meterFlowsCommand = (): Command =>
  new Command('meter')
    .description(
      'Measures the flows of a packet capture, with the statistics of CICFlowMeter; what comes out is input for the other commands.',
    )
    .argument('<file>', 'pcap or pcapng, also .gz; - reads standard input as it comes: `tcpdump -i eth0 -s 128 -U -w - | ...`')
    .option('--out <file>', 'flow file to write (.csv or .csv.gz)')
    .option('--out-dir <dir>', 'folder for a file that grows, flows.csv, and older ones, flows.csv.1 and on, for `flows score --follow`')
    .option('--rows <number>', 'with --out-dir: rows of one file', wholeNumber(1, 100_000_000), 100_000)
    .option('--keep <number>', 'with --out-dir: older files that are kept', wholeNumber(1, 1000), 10)
    .option(
      '--timeout <seconds>',
      'a flow is cut when a packet comes later than this after its first one',
      wholeNumber(1, 86_400),
      METER_DEFAULTS.timeoutUs / SECOND_US,
    )
    .option(
      '--max-flows <number>',
      'flows under way at most; with more, the oldest are ended',
      wholeNumber(1, 10_000_000),
      METER_DEFAULTS.maxFlows,
    )
    .option('--max-rate <packets>', 'packets measured of one second; more are counted and told', wholeNumber(1, 100_000_000))
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong command line or input file. A capture that is cut off or damaged is measured up to there, and that is told; a signal ends one from standard input, with the flows under way.',
    )
    .action((file: string, flags: Flags) => runProcess((signal) => run(file, flags, signal)));
