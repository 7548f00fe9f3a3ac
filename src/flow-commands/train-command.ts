import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { collect, list, share, wholeNumber } from '../command-line/index.ts';
import {
  auditTable,
  type CurvePoint,
  chooseFeatures,
  DEFAULT_QUANTILE,
  FLOW_DETECTOR_NAMES,
  FLOW_TRAINERS,
  type FlowModel,
  type FlowTable,
  type FlowTraining,
  flowModelVersion,
  STRICT_FEATURES,
  saveFlowModel,
  trainFlowModel,
} from '../flows/index.ts';
import { BellwetherError, runProcess, seededRandom } from '../platform/index.ts';
import { openSession, print, tell } from './hosts.ts';
import { describeLabels, loadLabelSet, loadTable } from './load-table.ts';

interface Flags {
  readonly data: readonly string[];
  readonly labelColumn?: string;
  readonly labels?: string;
  readonly out: string;
  readonly detector: string;
  readonly quantile: number;
  readonly inputs?: readonly string[];
  readonly seed: number;
}

const countFamilies = ({ families }: FlowTable): { readonly benign: number; readonly attacks: Record<string, number> } => {
  const attacks: Record<string, number> = {};
  for (const family of families) if (family !== '') attacks[family] = (attacks[family] ?? 0) + 1;
  return { benign: families.filter((family) => family === '').length, attacks };
};

/** What a person wants to know of a model at once. */
const describeModel = (model: FlowModel): string => {
  switch (model.kind) {
    case 'benign':
      return `${model.prototypes.count} kinds of benign flows, threshold ${model.threshold.toFixed(2)} fields`;
    case 'novelty':
      return `${model.prototypes.count} kinds of benign flows, ${model.seen.length} conversations, threshold ${model.threshold.toFixed(2)} fields`;
    case 'autoencoder':
      return `${model.network.weights.length} weights, threshold ${model.threshold.toFixed(2)} fields`;
    case 'supervised':
      return `${model.forest.roots.length} trees, ${model.families.join(', ')}; threshold ${(100 * model.threshold).toFixed(1)} % of the votes`;
    case 'sequence':
      return `${model.weights.length} weights, ${model.families.join(', ')}; threshold ${model.threshold.toFixed(2)} (log odds)`;
    case 'few-shot':
      return `${model.families.length} examples`;
  }
};

/** Places of the wanted columns among the features. */
const columnsOf = (names: readonly string[] | undefined): number[] | undefined =>
  names && chooseFeatures(names).map(({ place }) => STRICT_FEATURES.findIndex((feature) => feature.place === place));

const run = async (flags: Flags): Promise<void> => {
  const columns = columnsOf(flags.inputs);
  const labelSet = await loadLabelSet(flags.labels);
  if (labelSet && flags.labelColumn === undefined) throw new BellwetherError('invalid_input', '--labels needs --label-column');
  const { table, files, sha256 } = await loadTable({ files: flags.data, labelColumn: flags.labelColumn, labelSet }, tell);
  if (labelSet) for (const line of describeLabels(table, labelSet)) tell(line);
  const { benign, attacks } = countFamilies(table);
  tell(
    `${benign} benign flows${Object.entries(attacks)
      .map(([family, count]) => `, ${count} ${family}`)
      .join('')}`,
  );
  const audit = auditTable(table);
  for (const note of audit) tell(`audit: ${note}`);
  const curve: CurvePoint[] = [];
  const onCurve = (point: CurvePoint): void => {
    curve.push(point);
    tell(
      `step ${point.step}: loss ${point.train.toFixed(4)} on benign flows it learns from, ${point.unseen.toFixed(4)} on later ones it does not`,
    );
  };
  const model = await trainFlowModel(
    { random: seededRandom(flags.seed), open: openSession, columns, onCurve },
    table,
    flags.detector,
    flags.quantile,
  );
  const training: FlowTraining = {
    dataSha256: sha256,
    files: files.map((file) => basename(file)),
    benignFlows: benign,
    attackFlows: attacks,
    seed: flags.seed,
    audit,
    ...(curve.length > 0 ? { curve } : {}),
  };
  const version = flowModelVersion(training, model);
  await saveFlowModel(flags.out, { version, training, model });
  print(`model ${version} in ${flags.out}: ${describeModel(model)}\n`);
};

/** `bellwether flows train`. */
export const trainFlowsCommand = (): Command =>
  new Command('train')
    .description(
      'Learns from flow files what benign flows look like, or, with examples enough, attacks. A detector of benign flows uses only the rows whose label is empty or `benign`; without --label-column that is all of them.',
    )
    .requiredOption('--data <files...>', 'CICFlowMeter CSV, .csv or .csv.gz, or folders of them', collect)
    .option('--label-column <name>', 'column with the family of the attack')
    .option('--labels <file>', 'label set: what the texts of the label column stand for, and which flows of a label are its own')
    .requiredOption('--out <dir>', 'folder of the model')
    .addOption(new Option('--detector <name>', 'what to train').choices(FLOW_DETECTOR_NAMES).default('benign'))
    .option(
      '--quantile <share>',
      'share of benign flows of other time below the threshold (benign, novelty, autoencoder)',
      share,
      DEFAULT_QUANTILE,
    )
    .option('--inputs <list>', 'columns that supervised may use, by name; one that leaks the label is refused', list)
    .option('--seed <number>', 'same data and seed give the same model', wholeNumber(0, 2 ** 32 - 1), 1)
    .addHelpText('after', `\nDetectors:\n${FLOW_TRAINERS.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join('\n')}`)
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong command line or input file. Rows that cannot be read are told with line, column and reason.',
    )
    .action((flags: Flags) => runProcess(() => run(flags)));
