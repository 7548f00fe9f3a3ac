import { BellwetherError, type Clock, type ErrorCode } from '../../platform/index.ts';
import type { Upload, UploadReply } from './upload-protocol.ts';

/** What the pool needs of a thread. */
export interface UploadThread {
  postMessage(upload: Upload): void;
  on(event: 'message', listener: (reply: UploadReply) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
  terminate(): Promise<unknown>;
}

export interface UploadPoolOptions {
  readonly threads: number;
  /** From when an upload is given to the pool to its answer. */
  readonly timeLimitMs: number;
}

export interface UploadPool {
  /** The text of the answer. Rejects with `timeout`, `overloaded`, `too_large`, `invalid_input`, `internal`. */
  judge(upload: Upload): Promise<string>;
  close(): Promise<void>;
}

interface Job {
  readonly upload: Upload;
  readonly resolve: (text: string) => void;
  readonly reject: (error: BellwetherError) => void;
}

interface Seat {
  thread?: UploadThread | undefined;
  job?: Job | undefined;
}

const failureOf = (error: Error): BellwetherError =>
  (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? new BellwetherError('too_large', 'the upload needs more memory than there is for one')
    : new BellwetherError('internal', `a judging thread failed: ${error.message}`, error);

/** Threads that judge one upload each at a time. One that takes too long, or too much memory, ends with its thread; the next gets a new one. */
export const createUploadPool = (
  { clock, startThread }: { readonly clock: Pick<Clock, 'sleep'>; readonly startThread: () => UploadThread },
  { threads, timeLimitMs }: UploadPoolOptions,
): UploadPool => {
  const queue: Job[] = [];
  let closed = false;

  const drop = (seat: Seat, thread: UploadThread | undefined, error: BellwetherError): void => {
    if (seat.thread !== thread) return;
    const { job } = seat;
    seat.thread = undefined;
    seat.job = undefined;
    void thread?.terminate();
    job?.reject(error);
    next();
  };
  const open = (seat: Seat): UploadThread => {
    const thread = startThread();
    thread.on('message', (reply) => {
      const { job } = seat;
      if (seat.thread !== thread || !job) return;
      seat.job = undefined;
      if ('text' in reply) job.resolve(reply.text);
      else job.reject(new BellwetherError(reply.failure.code as ErrorCode, reply.failure.message));
      next();
    });
    thread.on('error', (error) => drop(seat, thread, failureOf(error)));
    thread.on('exit', () => drop(seat, thread, new BellwetherError('internal', 'a judging thread ended')));
    return thread;
  };
  const next = (): void => {
    for (const seat of seats) {
      if (closed || queue.length === 0) return;
      if (seat.job) continue;
      seat.job = queue.shift();
      seat.thread ??= open(seat);
      if (seat.job) seat.thread.postMessage(seat.job.upload);
    }
  };
  const expire = (job: Job): void => {
    const place = queue.indexOf(job);
    if (place >= 0) {
      queue.splice(place, 1);
      job.reject(new BellwetherError('overloaded', 'other uploads took all the time that there was'));
      return;
    }
    const seat = seats.find((one) => one.job === job);
    if (seat) drop(seat, seat.thread, new BellwetherError('timeout', `judging took longer than ${timeLimitMs / 1000} s`));
  };

  // Started ahead: the first upload need not wait until the policies are loaded.
  const seats: Seat[] = Array.from({ length: threads }, () => ({}));
  for (const seat of seats) seat.thread = open(seat);

  return {
    judge: async (upload) => {
      const done = new AbortController();
      try {
        return await new Promise<string>((resolve, reject) => {
          const job = { upload, resolve, reject };
          queue.push(job);
          next();
          void clock.sleep(timeLimitMs, done.signal).then(() => {
            if (!done.signal.aborted) expire(job);
          });
        });
      } finally {
        done.abort();
      }
    },
    close: async () => {
      closed = true;
      const stopping = new BellwetherError('not_ready', 'the server is stopping');
      for (const job of queue.splice(0)) job.reject(stopping);
      const running = seats.flatMap(({ thread }) => (thread ? [thread] : []));
      for (const seat of seats) drop(seat, seat.thread, stopping);
      await Promise.all(running.map((thread) => thread.terminate()));
    },
  };
};
