import { BellwetherError, type Clock, startWorker } from '../platform/index.ts';
import { type ModelTensors, ownBuffers, type SessionReply, type SessionRequest } from './session-protocol.ts';

/** A thread that speaks the session protocol. */
export interface SessionThread {
  post(request: SessionRequest, transfer: readonly ArrayBuffer[]): void;
  /** Called for each answer, and once when the thread has ended, with what broke it where something did. */
  listen(onReply: (reply: SessionReply) => void, onEnd: (error: Error | undefined) => void): void;
}

export interface ModelSessionDeps {
  readonly clock: Clock;
  /** Starts a thread; `spawnSessionThread` is the real one. */
  readonly spawn: () => SessionThread;
}

export interface ModelSessionOptions {
  /** Bytes of an `.onnx` file. */
  readonly model: Uint8Array;
  /** Threads of one run. */
  readonly threads: number;
  /** Runs that may wait while one is under way. */
  readonly maxQueue: number;
  /** From the call to the answer. A run under way cannot be stopped: its late answer is thrown away. */
  readonly timeoutMs: number;
}

export interface ModelSession {
  /**
   * Runs the model. Input buffers that their tensors fill are handed over: the arrays are empty afterwards.
   * Rejects with `overloaded`, `timeout`, `cancelled` (closed), `invalid_input` (the runtime refused the inputs), `internal` (the thread broke).
   */
  run(inputs: ModelTensors): Promise<ModelTensors>;
  /** Lets a run under way end, refuses the rest. */
  close(): Promise<void>;
  readonly stats: ModelSessionStats;
}

/** Totals since the start. */
export interface ModelSessionStats {
  readonly runs: number;
  readonly failures: number;
  readonly timeouts: number;
  readonly overloads: number;
  readonly restarts: number;
  /** Time inside the runtime of the last run. */
  readonly lastRunMs: number;
}

/** The first restart comes at once, the next ones ever later: a model that breaks its thread must not spin. */
const RESTART_MS = { first: 100, most: 30_000 } as const;

interface Job {
  readonly inputs: ModelTensors;
  readonly resolve: (outputs: ModelTensors) => void;
  readonly reject: (error: BellwetherError) => void;
  /** Ends its deadline. */
  readonly settled: AbortController;
}

/** The real thread: onnxruntime-node in a worker. */
export const spawnSessionThread = (): SessionThread => {
  const worker = startWorker(new URL('./session-worker.ts', import.meta.url));
  return {
    post: (request, transfer) => {
      worker.postMessage(request, [...transfer]);
    },
    listen: (onReply, onEnd) => {
      let broken: Error | undefined;
      worker.on('message', onReply);
      worker.on('error', (error) => {
        broken = error;
      });
      worker.on('exit', (code) => {
        onEnd(broken ?? (code === 0 ? undefined : new Error(`the thread ended with code ${code}`)));
      });
    },
  };
};

/**
 * Runs one model in a thread of its own, one run at a time, so that the event loop never waits for it. A thread that breaks is
 * started again and the model loaded again; the run it took down is rejected. Rejects with `invalid_input` where the runtime refuses the model.
 */
export const createModelSession = async (deps: ModelSessionDeps, options: ModelSessionOptions): Promise<ModelSession> => {
  const { clock, spawn } = deps;
  const stats = { runs: 0, failures: 0, timeouts: 0, overloads: 0, restarts: 0, lastRunMs: Number.NaN };
  const queue: Job[] = [];
  const ended = new AbortController();
  let thread: SessionThread | undefined;
  let running: Job | undefined;
  let isReady = false;
  let isOpen = false;
  let breaks = 0;
  let whenLoaded: { resolve: () => void; reject: (error: BellwetherError) => void } | undefined;
  let whenEnded: (() => void) | undefined;

  const settle = (job: Job, outcome: ModelTensors | BellwetherError): void => {
    if (job.settled.signal.aborted) return;
    job.settled.abort();
    if (outcome instanceof BellwetherError) job.reject(outcome);
    else job.resolve(outcome);
  };

  const pump = (): void => {
    while (isReady && !running && queue.length > 0) {
      const job = queue.shift()!;
      if (job.settled.signal.aborted) continue;
      running = job;
      thread!.post({ kind: 'run', inputs: job.inputs }, ownBuffers(job.inputs));
    }
  };

  const onReply = (reply: SessionReply): void => {
    if (reply.kind === 'loaded') {
      isReady = true;
      whenLoaded?.resolve();
    } else if (!isReady) {
      const message = reply.kind === 'failed' ? reply.message : 'an answer before the model';
      whenLoaded?.reject(new BellwetherError('invalid_input', `the model cannot be loaded: ${message}`));
      // A thread that was started again and cannot load is no better than one that broke.
      if (isOpen) thread?.post({ kind: 'stop' }, []);
    } else if (running) {
      const job = running;
      running = undefined;
      if (reply.kind === 'failed') {
        stats.failures++;
        settle(job, new BellwetherError('invalid_input', `the model cannot be run: ${reply.message}`));
      } else {
        breaks = 0;
        stats.runs++;
        stats.lastRunMs = reply.runMs;
        settle(job, reply.outputs);
      }
    }
    pump();
  };

  const onEnd = (error: Error | undefined): void => {
    thread = undefined;
    isReady = false;
    const broken = new BellwetherError('internal', 'the thread of the model broke', error);
    whenLoaded?.reject(broken);
    if (running) {
      stats.failures++;
      settle(running, broken);
      running = undefined;
    }
    whenEnded?.();
    if (isOpen && !ended.signal.aborted) void restart();
  };

  const start = (): void => {
    thread = spawn();
    thread.listen(onReply, onEnd);
    thread.post({ kind: 'load', model: options.model, threads: options.threads }, []);
  };

  const restart = async (): Promise<void> => {
    stats.restarts++;
    const waitMs = breaks === 0 ? 0 : Math.min(RESTART_MS.most, RESTART_MS.first * 2 ** (breaks - 1));
    breaks++;
    if (waitMs > 0) await clock.sleep(waitMs, ended.signal);
    if (!ended.signal.aborted) start();
  };

  const expire = async (job: Job): Promise<void> => {
    await clock.sleep(options.timeoutMs, job.settled.signal);
    if (job.settled.signal.aborted) return;
    stats.timeouts++;
    const waiting = queue.indexOf(job);
    if (waiting >= 0) queue.splice(waiting, 1);
    settle(job, new BellwetherError('timeout', `the model gave no answer within ${options.timeoutMs} ms`));
  };

  const run = (inputs: ModelTensors): Promise<ModelTensors> => {
    if (ended.signal.aborted) return Promise.reject(new BellwetherError('cancelled', 'the model session is closed'));
    if (queue.length >= options.maxQueue) {
      stats.overloads++;
      return Promise.reject(new BellwetherError('overloaded', `${queue.length} runs of the model are waiting already`));
    }
    return new Promise((resolve, reject) => {
      const job: Job = { inputs, resolve, reject, settled: new AbortController() };
      queue.push(job);
      void expire(job);
      pump();
    });
  };

  const close = async (): Promise<void> => {
    if (!ended.signal.aborted) {
      ended.abort();
      for (const job of queue.splice(0)) settle(job, new BellwetherError('cancelled', 'the model session was closed'));
      if (thread) {
        const done = new Promise<void>((resolve) => {
          whenEnded = resolve;
        });
        thread.post({ kind: 'stop' }, []);
        await done;
      }
    }
  };

  try {
    await new Promise<void>((resolve, reject) => {
      whenLoaded = { resolve, reject };
      start();
    });
  } catch (error) {
    whenLoaded = undefined;
    await close();
    throw error;
  }
  whenLoaded = undefined;
  isOpen = true;
  return { run, close, stats };
};
