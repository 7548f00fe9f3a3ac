import { parentPort } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type ModelTensors, ownBuffers, type SessionReply, type SessionRequest } from './session-protocol.ts';

/**
 * The thread in which a model runs: `session.run` blocks its thread's event loop from start to end. It ends itself between two runs,
 * because terminating it from outside during one aborts the whole process.
 */
const port = parentPort;
let session: InferenceSession | undefined;

const load = async (model: Uint8Array, threads: number): Promise<SessionReply> => {
  await session?.release();
  session = await InferenceSession.create(model, {
    executionProviders: ['cpu'],
    // The default is the number of the host's cores, whatever the container's limit.
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // The batch is as large as the cluster is at the moment; a plan per size would be kept for ever.
    enableMemPattern: false,
    logSeverityLevel: 3,
    // Threads that spin while they wait burn a core between two runs.
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  });
  return { kind: 'loaded', inputs: [...session.inputNames], outputs: [...session.outputNames] };
};

const run = async (inputs: ModelTensors): Promise<SessionReply> => {
  if (!session) return { kind: 'failed', message: 'no model is loaded' };
  const feeds = Object.fromEntries(Object.entries(inputs).map(([name, { dims, data }]) => [name, new Tensor('float32', data, dims)]));
  const start = performance.now();
  const results = await session.run(feeds);
  const runMs = performance.now() - start;
  // Copied: the runtime's own memory cannot be handed to another thread.
  const outputs = Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => [name, { dims: tensor.dims, data: Float32Array.from(tensor.data as Float32Array) }]),
  );
  return { kind: 'result', outputs, runMs };
};

const answer = async (request: Exclude<SessionRequest, { kind: 'stop' }>): Promise<SessionReply> => {
  try {
    return await (request.kind === 'load' ? load(request.model, request.threads) : run(request.inputs));
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
};

// One after the other, and the end after the last answer: the runtime begins a run only after this handler has returned.
let done: Promise<void> = Promise.resolve();
port?.on('message', (request: SessionRequest) => {
  done = done.then(async () => {
    if (request.kind === 'stop') {
      await session?.release();
      port.close();
      return;
    }
    const reply = await answer(request);
    port.postMessage(reply, reply.kind === 'result' ? ownBuffers(reply.outputs) : []);
  });
});
