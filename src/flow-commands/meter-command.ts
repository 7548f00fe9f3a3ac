import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { Command } from 'commander';
import { wholeNumber } from '../command-line/index.ts';
import { FLOW_CSV_HEADER, formatFlow, METER_DEFAULTS, type MeterCounts, meterFile } from '../flows/index.ts';
import { openWriteStream, runProcess } from '../platform/index.ts';
import { print, tell } from './hosts.ts';

interface Flags {
  readonly out: string;
  readonly timeout: number;
  readonly maxFlows: number;
}

const SECOND_US = 1_000_000;

const tellCounts = (path: string, { skipped, backwards, pressed, problem }: MeterCounts): void => {
  for (const [reason, count] of skipped) tell(`${path}: ${count} packets count in no flow: ${reason}`);
  if (backwards > 0) tell(`${path}: the clock went back at ${backwards} packets`);
  if (pressed > 0) tell(`${path}: ${pressed} flows were ended early, because more than --max-flows were under way`);
  if (problem !== undefined) tell(`${path}: ${problem}`);
};

const run = async (path: string, { out, timeout, maxFlows }: Flags): Promise<void> => {
  const stream = await openWriteStream(out);
  let lines = `${FLOW_CSV_HEADER}\n`;
  const drain = async (): Promise<void> => {
    const text = lines;
    lines = '';
    if (text !== '' && !stream.write(text)) await once(stream, 'drain');
  };
  const counts = await meterFile(
    path,
    {
      flow: (flow) => {
        lines += `${formatFlow(flow)}\n`;
      },
      drain,
    },
    { timeoutUs: timeout * SECOND_US, maxFlows },
  );
  const done = finished(stream);
  stream.end();
  await done;
  tellCounts(path, counts);
  print(`${counts.flows} flows of ${counts.packets} packets in ${out}\n`);
};

/** `bellwether flows meter`. */
export const meterFlowsCommand = (): Command =>
  new Command('meter')
    .description(
      'Measures the flows of a packet capture, with the statistics of CICFlowMeter; what comes out is input for the other commands.',
    )
    .argument('<file>', 'pcap or pcapng, also .gz')
    .requiredOption('--out <file>', 'flow file to write (.csv or .csv.gz)')
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
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong command line or input file. A capture that is cut off or damaged is measured up to there, and that is told.',
    )
    .action((file: string, flags: Flags) => runProcess(() => run(file, flags)));
