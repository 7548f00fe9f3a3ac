import { Command, Option } from 'commander';
import {
  chooseShots,
  estimateRecall,
  type FewShotModel,
  type FlowTable,
  flowModelVersion,
  formatShare,
  learnShots,
  loadFlowModel,
  type Recipe,
  saveFlowModel,
} from '../flows/index.ts';
import { BellwetherError, runProcess } from '../platform/index.ts';
import { print, tell } from './hosts.ts';
import { loadTable } from './load-table.ts';

interface Flags {
  readonly examples: string;
  readonly labelColumn: string;
  readonly model: string;
  readonly out: string;
  readonly recipe: Recipe;
}

/** What can be said of a model from its examples alone; few examples give wide intervals, and that is the truth. */
const describeEstimate = (model: FewShotModel): string =>
  estimateRecall(model)
    .map(({ family, examples, recognised, passing }) => {
      const named =
        recognised === undefined ? 'one example: nothing to test it with' : `recognised from the others: ${formatShare(recognised)}`;
      return `  ${family}: ${examples} examples; far enough from benign flows: ${formatShare(passing)}; ${named}\n`;
    })
    .join('');

const baseOf = (stored: Awaited<ReturnType<typeof loadFlowModel>>, dir: string) => {
  if (stored.model.kind === 'benign') return stored.model;
  if (stored.model.kind === 'few-shot') return stored.model.base;
  throw new BellwetherError(
    'invalid_input',
    `${dir} holds a ${stored.model.kind} model; examples are added to one of \`flows train --detector benign\``,
  );
};

const hasBenign = ({ families }: FlowTable): boolean => families.includes('');

const run = async (flags: Flags): Promise<void> => {
  const stored = await loadFlowModel(flags.model);
  const base = baseOf(stored, flags.model);
  const { table } = await loadTable({ files: [flags.examples], labelColumn: flags.labelColumn }, tell);
  const shots = chooseShots(table);
  const all = table.families.filter((family) => family !== '').length;
  if (shots.length < all) tell(`${all} examples are more than a handful: ${shots.length} of them were taken, evenly over each family`);
  const model = learnShots(base, table, shots, { recipe: flags.recipe, hasSurroundings: hasBenign(table) });
  if (!model.hasSurroundings)
    tell(
      'the flows around the examples are not known (a file of examples alone): families are told apart by the flows themselves. Give the whole recording with only the examples labelled, and it is used too',
    );
  const version = flowModelVersion(stored.training, model);
  await saveFlowModel(flags.out, { version, training: stored.training, model });
  print(`model ${version} in ${flags.out}, recipe ${flags.recipe}, from ${shots.length} examples:\n${describeEstimate(model)}`);
};

/** `bellwether flows learn`. */
export const learnFlowsCommand = (): Command =>
  new Command('learn')
    .description('Adds one to ten examples of each attack family to a model of benign flows: from then on such flows are named.')
    .requiredOption(
      '--examples <file>',
      'flow file in which the examples have their family in the label column; rows without one are their surroundings',
    )
    .requiredOption('--label-column <name>', 'column with the family')
    .requiredOption(
      '--model <dir>',
      'model of `flows train --detector benign`, or of an earlier `flows learn`, whose examples these replace',
    )
    .requiredOption('--out <dir>', 'folder of the new model')
    .addOption(
      new Option(
        '--recipe <name>',
        'd: farther from benign flows than 99.5 % of them; g: 99 %, nearer to an example than to any benign flow, and linked by client',
      )
        .choices(['d', 'g'])
        .default('d'),
    )
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong command line or input file.')
    .action((flags: Flags) => runProcess(() => run(flags)));
