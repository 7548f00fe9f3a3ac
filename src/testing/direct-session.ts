import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelTensors } from '../learning/index.ts';

/** Runs a model in this thread, for tests: what `ModelSession` does in its own. */
export const openDirectSession = async (model: Uint8Array) => {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  return {
    run: async (inputs: ModelTensors): Promise<ModelTensors> => {
      const feeds = Object.entries(inputs).map(([name, { dims, data }]) => [name, new Tensor('float32', data, dims)] as const);
      const outputs = await session.run(Object.fromEntries(feeds));
      return Object.fromEntries(
        Object.entries(outputs).map(([name, { dims, data }]) => [name, { dims, data: Float32Array.from(data as Float32Array) }]),
      );
    },
    close: () => session.release(),
  };
};
