import {
  addTreeEnsemble,
  type BuiltModel,
  checkModel,
  createGraph,
  describeModel,
  type ModelManifest,
  type ModelSession,
} from '../../learning/index.ts';
import { BellwetherError } from '../../platform/index.ts';
import { BENIGN, type Judgement } from '../detect/judgement.ts';
import { FLOW_CATALOG_VERSION, STRICT_FEATURES } from '../features/catalogue.ts';
import type { FlowTable } from '../features/flow-table.ts';
import type { SupervisedModel } from '../model/flow-model.ts';

/** Judges flows in a runtime of their own thread. */
export interface ServedDetector {
  judge(table: FlowTable): Promise<Judgement[]>;
}

const COLUMNS = STRICT_FEATURES.map(({ name }) => name);

/**
 * The trees of a model as an ONNX graph: `flow` [batch, features] to `score` [batch, 1], 1 = the model's threshold, and `families` [batch, families], shares of the
 * namer. Features are those of the catalogue: sizes rounded to quarter octaves, then signed logarithms.
 */
export const buildServedForest = ({ families, forest, namer, threshold }: SupervisedModel, version: string): BuiltModel => {
  const graph = createGraph('flow-forest');
  const rows = graph.input('flow', ['batch', COLUMNS.length]);
  const score = addTreeEnsemble(graph, rows, forest, 1, (leaf) => (1 - forest.shares[leaf * forest.classes]!) / threshold, 'score');
  const names = addTreeEnsemble(graph, rows, namer, families.length, (leaf, k) => namer.shares[leaf * namer.classes + k]!, 'families');
  graph.output(score, ['batch', 1]);
  graph.output(names, ['batch', families.length]);
  const model = graph.build('bellwether');
  return {
    model,
    manifest: describeModel(model, {
      id: 'flow-forest',
      version,
      catalogVersion: FLOW_CATALOG_VERSION,
      inputs: [{ name: 'flow', shape: ['batch', COLUMNS.length], unit: 'features of the catalogue, in the order of flow.columns' }],
      outputs: [
        { name: 'score', shape: ['batch', 1], unit: '1 = threshold' },
        { name: 'families', shape: ['batch', families.length], unit: 'share of the trees, in the order of flow.families' },
      ],
      flow: { columns: COLUMNS, families: [...families] },
    }),
  };
};

/** Throws `conflict` where a model is damaged, for another catalogue or other columns, `invalid_input` where it is no forest for flows. */
export const checkServedForest = (built: BuiltModel): NonNullable<ModelManifest['flow']> => {
  const { id, flow } = built.manifest;
  if (!flow) throw new BellwetherError('invalid_input', `model ${id} is none for flows`);
  checkModel(built, FLOW_CATALOG_VERSION);
  if (flow.columns.length !== COLUMNS.length || flow.columns.some((name, i) => name !== COLUMNS[i]))
    throw new BellwetherError('conflict', `model ${id} was made for other columns than this program has`);
  return flow;
};

/** Scores by the graph. What the trees asked about is not known there: its judgements have no reasons. */
export const createServedForest = (families: readonly string[], session: Pick<ModelSession, 'run'>): ServedDetector => ({
  judge: async ({ matrix: { count, width, data } }) => {
    if (count === 0) return [];
    const out = await session.run({ flow: { dims: [count, width], data: Float32Array.from(data.subarray(0, count * width)) } });
    const scores = out['score']!.data;
    const shares = out['families']!.data;
    return Array.from({ length: count }, (_, row) => {
      const score = scores[row]!;
      let best = 0;
      for (let k = 1; k < families.length; k++) if (shares[row * families.length + k]! > shares[row * families.length + best]!) best = k;
      return { score, family: score >= 1 ? families[best]! : BENIGN, reasons: () => [] };
    });
  },
});
