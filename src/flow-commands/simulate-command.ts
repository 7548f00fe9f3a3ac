import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { Command } from 'commander';
import { list, wholeNumber } from '../command-line/index.ts';
import { EPISODES, FLOW_CSV_HEADER, formatRecord, simulateFlows } from '../flows/index.ts';
import { openWriteStream, runProcess, seededRandom } from '../platform/index.ts';
import { print } from './hosts.ts';

interface Flags {
  readonly out: string;
  readonly hours: number;
  readonly episodes: readonly string[];
  readonly seed: number;
}

/** 2026-01-01: simulated time begins somewhere. */
const START_MS = 1_767_225_600_000;

const run = async ({ out, hours, episodes, seed }: Flags): Promise<void> => {
  const stream = await openWriteStream(out);
  const write = async (text: string): Promise<void> => {
    if (!stream.write(text)) await once(stream, 'drain');
  };
  await write(`${FLOW_CSV_HEADER},Family,Episode\n`);
  const random = seededRandom(seed);
  let [flows, attacks, row] = [0, 0, 0];
  for (let hour = 0; hour < hours; hour++) {
    const simulated = simulateFlows(random, { startMs: START_MS + hour * 3_600_000, hours: 1, episodes });
    let lines = '';
    for (const flow of simulated.flows) {
      const [family = '', episode = ''] = flow.texts;
      lines += `${formatRecord({ ...flow, row: row++ })},${family},${episode === '' ? '' : `${hour}-${episode}`}\n`;
      flows++;
      if (family !== '') attacks++;
    }
    await write(lines);
  }
  const done = finished(stream);
  stream.end();
  await done;
  print(`${flows} flows, ${attacks} of attacks, in ${out}\n`);
};

/** `bellwether flows simulate`. */
export const simulateFlowsCommand = (): Command =>
  new Command('simulate')
    .description(
      'Writes the flows of a simulated cluster with their ground truth: the usual, attacks, and benign events that look like them.',
    )
    .requiredOption('--out <file>', 'flow file to write (.csv or .csv.gz), with the columns Family and Episode')
    .option('--hours <number>', 'how long; each hour has every episode once, on a cluster of its own', wholeNumber(1, 1000), 1)
    .option('--episodes <list>', 'names with commas between', list, EPISODES)
    .option('--seed <number>', 'the same seed gives the same flows', wholeNumber(0, 2 ** 32 - 1), 1)
    .addHelpText('after', `\nEpisodes: ${EPISODES.join(', ')}.\nExit codes: 0 done, 1 failed, 2 wrong command line.`)
    .action((flags: Flags) => runProcess(() => run(flags)));
