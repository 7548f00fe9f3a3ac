import { Command } from 'commander';
import { collect, wholeNumber } from '../command-line/index.ts';
import {
  classShares,
  EXTRA_TREES,
  type FlowTable,
  fitForest,
  formatShare,
  type LabelSet,
  selectRows,
  shareOf,
  splitBlocks,
} from '../flows/index.ts';
import { BellwetherError, type Random, runProcess, seededRandom } from '../platform/index.ts';
import { print, tell } from './hosts.ts';
import { describeLabels, loadLabelSet, loadTable } from './load-table.ts';
import { effort } from './option-values.ts';

interface Flags {
  readonly data: readonly string[];
  readonly labelColumn: string;
  readonly labels: string;
  readonly effort: number;
  readonly seed: number;
}

/** Rows that each half of a label must have. */
const LEAST = 4;

interface LabelFigures {
  readonly label: string;
  readonly there: number;
  readonly found: number;
  readonly said: number;
}

const labelOf = ({ texts }: FlowTable, row: number): string => texts[row]![0]!;

/** Each label's first half in time to learn from, its second one to be told apart, and the other way round. */
const recognise = (
  table: FlowTable,
  labels: readonly string[],
  random: Random,
  share: number,
): { figures: LabelFigures[]; trainRight: number } => {
  const halves = labels.map((label) =>
    splitBlocks(
      selectRows(table, (row) => labelOf(table, row) === label),
      2,
    ),
  );
  const classOf = Int32Array.from(table.texts, (_, row) => Math.max(0, labels.indexOf(labelOf(table, row))));
  const [there, found, said] = [0, 1, 2].map(() => new Float64Array(labels.length)) as [Float64Array, Float64Array, Float64Array];
  let [right, learnt] = [0, 0];
  for (const side of [0, 1]) {
    const rows = Int32Array.from(halves.flatMap((blocks) => [...blocks[side]!]));
    const options = { ...EXTRA_TREES, trees: Math.ceil(share * EXTRA_TREES.trees) };
    const forest = fitForest({ matrix: table.matrix, rows, labels: classOf, classes: labels.length }, options, random);
    const shares = new Float64Array(labels.length);
    const say = (row: number): number => {
      classShares(forest, table.matrix.data, row * table.matrix.width, shares);
      return shares.reduce((best, value, k) => (value > shares[best]! ? k : best), 0);
    };
    for (const row of rows) if (say(row) === classOf[row]) right++;
    learnt += rows.length;
    for (const [k, blocks] of halves.entries())
      for (const row of blocks[1 - side]!) {
        const answer = say(row);
        there[k]!++;
        said[answer]!++;
        if (answer === k) found[k]!++;
      }
  }
  const figures = labels.map((label, k) => ({ label, there: there[k]!, found: found[k]!, said: said[k]! }));
  return { figures, trainRight: right / learnt };
};

const f1Of = ({ there, found, said }: LabelFigures): number => (there + said === 0 ? 0 : (2 * found) / (there + said));

const format = (labelSet: LabelSet, figures: readonly LabelFigures[], trainRight: number): string => {
  const lines = figures.map((each) => {
    const known = labelSet.find(each.label)!;
    const name = [known.name, ...(known.references ?? [])].join(', ');
    return `  ${each.label.padEnd(4)} ${name.padEnd(36)} F1 ${f1Of(each).toFixed(3)}  recall ${formatShare(shareOf(each.found, each.there))}`;
  });
  const right = figures.reduce((sum, { found }) => sum + found, 0);
  const all = figures.reduce((sum, { there }) => sum + there, 0);
  const macro = figures.reduce((sum, each) => sum + f1Of(each), 0) / figures.length;
  return [
    "Capture recognition, not detection: a label is the recording that a flow is from, and most flows of an attack's recording are ordinary background.",
    ...lines,
    `macro-F1 ${macro.toFixed(3)}; right on the other half: ${formatShare(shareOf(right, all))}; right on the half that was learnt: ${(100 * trainRight).toFixed(2)} %`,
    '',
  ].join('\n');
};

const run = async (flags: Flags): Promise<void> => {
  const labelSet = (await loadLabelSet(flags.labels))!;
  const { table } = await loadTable({ files: flags.data, labelColumn: flags.labelColumn, labelSet }, tell);
  const counts = new Map<string, number>();
  for (let row = 0; row < table.matrix.count; row++) counts.set(labelOf(table, row), (counts.get(labelOf(table, row)) ?? 0) + 1);
  const labels = labelSet.labels.map(({ id }) => id).filter((id) => (counts.get(id) ?? 0) >= 2 * LEAST);
  if (labels.length < 2)
    throw new BellwetherError('invalid_input', `fewer than two labels have ${2 * LEAST} flows; is --label-column right?`);
  for (const line of describeLabels(table, labelSet)) tell(line);
  const { figures, trainRight } = recognise(table, labels, seededRandom(flags.seed), flags.effort);
  print(format(labelSet, figures, trainRight));
};

/** `bellwether flows report`. */
export const reportFlowsCommand = (): Command =>
  new Command('report')
    .description(
      'Tells how well the labels of a source can be told apart, label by label, by halves of time. Where a label is a recording, this is capture recognition, not detection.',
    )
    .requiredOption('--data <files...>', 'labelled flow files, or folders of them', collect)
    .requiredOption('--label-column <name>', 'column with the label')
    .requiredOption('--labels <file>', 'label set: ids, names and CVE references, and rules that say which flows are attacks')
    .option('--effort <share>', 'share of the usual trees, for a quick look', effort, 1)
    .option('--seed <number>', 'seed of the trees', wholeNumber(0, 2 ** 32 - 1), 1)
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong command line or input file.')
    .action((flags: Flags) => runProcess(() => run(flags)));
