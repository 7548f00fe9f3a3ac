import { Command } from 'commander';
import { collect, share, wholeNumber } from '../command-line/index.ts';
import { DEFAULT_QUANTILE } from '../flows/index.ts';
import { runProcess, seededRandom } from '../platform/index.ts';
import { openSession, print, tell } from './hosts.ts';
import { loadTable } from './load-table.ts';
import { effort } from './option-values.ts';
import { COMPARED } from './protocols/compared.ts';
import { formatFigures } from './protocols/format-figures.ts';
import { runProtocols } from './protocols/run-protocols.ts';

interface Flags {
  readonly data: readonly string[];
  readonly labelColumn: string;
  readonly captureColumn: string;
  readonly quantile: number;
  readonly draws: number;
  readonly compare?: boolean;
  readonly effort: number;
  readonly seed: number;
}

const run = async (flags: Flags): Promise<void> => {
  const { table } = await loadTable({ files: flags.data, labelColumn: flags.labelColumn, textColumns: [flags.captureColumn] }, tell);
  const deps = { random: seededRandom(flags.seed), open: openSession, effort: flags.effort };
  const figures = await runProtocols(
    deps,
    table,
    {
      captureText: 1,
      quantile: flags.quantile,
      draws: flags.draws,
      ...(flags.compare ? COMPARED : {}),
    },
    tell,
  );
  print(formatFigures(figures));
};

/** `bellwether flows evaluate`. */
export const evaluateFlowsCommand = (): Command =>
  new Command('evaluate')
    .description(
      'Judges all detectors on a labelled recording, always on time or captures that were not used in fitting, beside simple baselines.',
    )
    .requiredOption('--data <files...>', 'labelled flow files, or folders of them', collect)
    .requiredOption('--label-column <name>', 'column with the family of the attack; empty or `benign` is benign')
    .requiredOption(
      '--capture-column <name>',
      'column with the recording that a flow is from; the largest one without attacks is benign time',
    )
    .option('--quantile <share>', 'share of benign flows of other time below the thresholds', share, DEFAULT_QUANTILE)
    .option('--draws <number>', 'draws of examples per part and N', wholeNumber(1, 1000), 8)
    .option('--compare', 'also classic classifiers and networks, which are not served: takes some minutes')
    .option('--effort <share>', 'share of the usual training steps and trees, for a quick look', effort, 1)
    .option('--seed <number>', 'seed of trees, networks and draws', wholeNumber(0, 2 ** 32 - 1), 1)
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong command line or input file.')
    .action((flags: Flags) => runProcess(() => run(flags)));
