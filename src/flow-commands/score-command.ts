import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Command } from 'commander';
import { wholeNumber } from '../command-line/index.ts';
import { createTableBuilder, type Judgement, readFlows } from '../flows/index.ts';
import { BellwetherError, openWriteStream, runProcess } from '../platform/index.ts';
import { followScores } from './follow-scores.ts';
import { print, tell } from './hosts.ts';
import { type OpenModel, openModel } from './open-model.ts';
import { createProblemLog } from './problem-log.ts';
import { findingLine, scoreLine } from './score-line.ts';

interface Flags {
  readonly model: string;
  readonly scoresOut?: string;
  readonly findingsOut?: string;
  readonly follow?: string;
  readonly once?: boolean;
  readonly interval: number;
}

interface Output {
  write(text: string): Promise<void>;
  end(): Promise<void>;
}
const openOutput = async (path: string | undefined): Promise<Output> => {
  if (path === undefined) return { write: async () => undefined, end: async () => undefined };
  const stream: Writable = await openWriteStream(path);
  return {
    write: async (text) => {
      if (!stream.write(text)) await once(stream, 'drain');
    },
    end: () => {
      const done = finished(stream);
      stream.end();
      return done;
    },
  };
};

/** Counts of what was said. */
const createTally = () => {
  const families = new Map<string, number>();
  let flows = 0;
  let linked = 0;
  return {
    add: ({ family, score, isLinked }: Judgement): void => {
      flows++;
      if (isLinked) linked++;
      if (score >= 1) families.set(family, (families.get(family) ?? 0) + 1);
    },
    text: (): string => {
      const found = [...families].map(([family, count]) => `${count} ${family}`).join(', ');
      const apart = linked > 0 ? ` (${linked} of them by the link to their client alone)` : '';
      return `${flows} flows scored, ${found === '' ? 'none at or above 1' : `at or above 1: ${found}${apart}`}\n`;
    },
  };
};

const scoreFile = async (path: string, detector: OpenModel, flags: Flags, signal: AbortSignal): Promise<string> => {
  const builder = createTableBuilder();
  const problems = createProblemLog(tell);
  const scores = await openOutput(flags.scoresOut);
  const findings = await openOutput(flags.findingsOut);
  const tally = createTally();
  await scores.write('row,score,family\n');
  const reader = await readFlows(path, [], {
    flow: (flow) => builder.add(flow),
    problem: (problem) => problems.add(path, problem),
    drain: async () => {
      if (signal.aborted) throw new BellwetherError('cancelled', 'stopped');
      const table = builder.table();
      let lines = '';
      let found = '';
      (await detector.judge(table)).forEach((judgement, i) => {
        tally.add(judgement);
        lines += `${scoreLine(table, i, judgement)}\n`;
        if (judgement.score >= 1 && flags.findingsOut !== undefined) found += `${findingLine(table, i, judgement)}\n`;
      });
      builder.clear();
      await scores.write(lines);
      await findings.write(found);
    },
  });
  await scores.end();
  await findings.end();
  problems.finish(path, reader);
  return tally.text();
};

const follow = async (detector: OpenModel, flags: Flags, signal: AbortSignal): Promise<string> => {
  if (flags.scoresOut === undefined || flags.scoresOut.endsWith('.gz'))
    throw new BellwetherError(
      'invalid_input',
      '--follow needs --scores-out, an uncompressed file: beside it stands how far the folder was read',
    );
  if (flags.findingsOut !== undefined) throw new BellwetherError('invalid_input', '--findings-out is for a file, not for --follow');
  const options = { folder: flags.follow!, scoresOut: flags.scoresOut, isOnce: flags.once ?? false, intervalMs: flags.interval * 1000 };
  return `${await followScores(detector, options, tell, signal)} flows scored\n`;
};

/** `bellwether flows score`. */
export const scoreFlowsCommand = (): Command =>
  new Command('score')
    .description('Scores the flows of a file; 1 is the boundary of the model.')
    .argument('[file]', 'CICFlowMeter CSV, .csv or .csv.gz')
    .option(
      '--follow <dir>',
      'instead of a file: the growing and rotated .csv files of a folder, until stopped; scores then begin with the name of the file',
    )
    .option('--once', 'with --follow: end when nothing is new')
    .option('--interval <seconds>', 'with --follow: how often to look', wholeNumber(1, 3600), 2)
    .requiredOption('--model <dir>', 'folder of a model, or of what `flows export` made of one')
    .option('--scores-out <file>', 'write row,score,family as CSV (.csv or .csv.gz); row is the place in the input, from 0')
    .option('--findings-out <file>', 'write each flow at or above 1 with its reasons, one JSON object per line')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong command line or input file. Rows that cannot be read get no score and are told with line, column and reason.',
    )
    .action((file: string | undefined, flags: Flags) =>
      runProcess(async (signal) => {
        if ((file === undefined) === (flags.follow === undefined))
          throw new BellwetherError('invalid_input', 'give a file, or --follow and a folder');
        const detector = await openModel(flags.model);
        try {
          print(file === undefined ? await follow(detector, flags, signal) : await scoreFile(file, detector, flags, signal));
        } finally {
          await detector.close();
        }
      }),
    );
