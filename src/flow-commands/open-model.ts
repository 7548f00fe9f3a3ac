import {
  checkServedForest,
  createServedForest,
  FLOW_MODEL_FILE,
  type FlowTable,
  type Judgement,
  loadFlowModel,
  openFlowDetector,
} from '../flows/index.ts';
import { loadModel } from '../learning/index.ts';
import { listFiles } from '../platform/index.ts';
import { openSession } from './hosts.ts';

/** A model at work, whether of our own file or exported as ONNX. */
export interface OpenModel {
  judge(table: FlowTable): Promise<readonly Judgement[]>;
  close(): Promise<void>;
}

/** The model of a folder: that of `flows train` and `learn`, or what `flows export` made of one. Rejects with `not_found`, `invalid_input`, `conflict`. */
export const openModel = async (dir: string): Promise<OpenModel> => {
  const names = await listFiles(dir);
  if (names.includes(FLOW_MODEL_FILE) || !names.includes('manifest.json')) {
    const detector = openFlowDetector((await loadFlowModel(dir)).model);
    return { judge: async (table) => detector.judge(table), close: async () => undefined };
  }
  const built = await loadModel(dir);
  const { families } = checkServedForest(built);
  const session = await openSession(built.model);
  const { judge } = createServedForest(families, session);
  return { judge, close: () => session.close() };
};
