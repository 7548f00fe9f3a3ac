import { Command } from 'commander';
import {
  buildServedForest,
  createServedForest,
  createSupervisedDetector,
  createTableBuilder,
  type FlowTable,
  loadFlowModel,
  STATISTICS,
  type SupervisedModel,
} from '../flows/index.ts';
import { saveModel } from '../learning/index.ts';
import { BellwetherError, type Random, runProcess, seededRandom } from '../platform/index.ts';
import { openSession, print } from './hosts.ts';

/** Flows that both are asked about. */
const TRIALS = 2000;
/** Of a score, or of 1 where that is more: scores leave the graph as floats. */
const TOLERANCE = 1e-6;

/** Flows whose fields are drawn over the whole range that flows have, so that every part of the trees is asked. */
const drawFlows = (random: Random): FlowTable => {
  const builder = createTableBuilder();
  for (let row = 0; row < TRIALS; row++)
    builder.add({
      row,
      statistics: Float64Array.from(STATISTICS, () => (random() < 0.2 ? 0 : Math.expm1(18 * random()))),
      source: 'a',
      sourcePort: 2,
      destination: 'b',
      destinationPort: 1,
      protocol: 6,
      startMs: row,
      texts: [],
    });
  return builder.table();
};

/** The largest difference of scores, as a share of what is allowed. */
const compare = async (model: SupervisedModel, bytes: Uint8Array): Promise<number> => {
  const session = await openSession(bytes);
  try {
    const table = drawFlows(seededRandom(1));
    const served = await createServedForest(model.families, session).judge(table);
    return createSupervisedDetector(model)
      .judge(table)
      .reduce((most, { score }, i) => Math.max(most, Math.abs(score - served[i]!.score) / Math.max(1, score)), 0);
  } finally {
    await session.close();
  }
};

const run = async ({ model: dir, out }: { readonly model: string; readonly out: string }): Promise<void> => {
  const { model, version } = await loadFlowModel(dir);
  if (model.kind !== 'supervised')
    throw new BellwetherError(
      'invalid_input',
      `${dir} holds a ${model.kind} model; only trees (supervised, random-forest) can be exported`,
    );
  const built = buildServedForest(model, version);
  const difference = await compare(model, built.model);
  if (!(difference <= TOLERANCE))
    throw new BellwetherError('internal', `the exported trees differ from the model by ${difference}: nothing was written`);
  await saveModel(out, built);
  print(
    `${out}/model.onnx, ${built.model.length} bytes: ${TRIALS} drawn flows score as by ${version}, to ${difference.toExponential(1)}\n`,
  );
};

/** `bellwether flows export`. */
export const exportFlowsCommand = (): Command =>
  new Command('export')
    .description(
      'Writes the trees of a model as ONNX (TreeEnsembleRegressor, ai.onnx.ml 3) with a manifest, for any runtime and for `flows score`.',
    )
    .requiredOption('--model <dir>', 'model of `flows train --detector supervised` or `random-forest`')
    .requiredOption('--out <dir>', 'folder for model.onnx and manifest.json')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong command line or model.')
    .action((flags: { readonly model: string; readonly out: string }) => runProcess(() => run(flags)));
