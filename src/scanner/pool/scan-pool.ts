import type { Worker } from 'node:worker_threads';
import { BellwetherError, type ErrorCode, startWorker } from '../../platform/index.ts';
import { type InputFile, STDIN } from '../files/find-files.ts';
import type { FileResult, FileScanner } from '../scan-file.ts';
import type { ScanReply, ScanRequest, ScanWorkerData } from './scan-protocol.ts';

export interface ScanPool {
  readonly size: number;
  readonly scanFile: FileScanner;
  close(): Promise<void>;
}

interface Seat {
  readonly worker: Worker;
  readonly waiting: Map<number, { readonly resolve: (result: FileResult) => void; readonly reject: (error: Error) => void }>;
}

/** Threads that scan files. Standard input is scanned by `scanHere`: it belongs to this process. */
export const createScanPool = (size: number, data: ScanWorkerData, scanHere: FileScanner): ScanPool => {
  const seats = Array.from({ length: size }, () => openSeat(data));
  let nextId = 0;
  return {
    size,
    scanFile: (input) => (input.path === STDIN ? scanHere(input) : ask(freest(seats), input, nextId++)),
    close: async () => {
      await Promise.all(seats.map(({ worker }) => worker.terminate()));
    },
  };
};

const openSeat = (data: ScanWorkerData): Seat => {
  const seat: Seat = { worker: startWorker(new URL('./scan-worker.ts', import.meta.url), { workerData: data }), waiting: new Map() };
  const failAll = (error: Error): void => {
    for (const { reject } of seat.waiting.values()) reject(error);
    seat.waiting.clear();
  };
  seat.worker.on('message', (reply: ScanReply) => {
    const asked = seat.waiting.get(reply.id);
    seat.waiting.delete(reply.id);
    if ('result' in reply) asked?.resolve(reply.result);
    else asked?.reject(new BellwetherError(reply.failure.code as ErrorCode, reply.failure.message));
  });
  seat.worker.on('error', failAll);
  seat.worker.on('exit', () => failAll(new BellwetherError('internal', 'a scanning thread ended')));
  return seat;
};

const freest = (seats: readonly Seat[]): Seat => seats.reduce((best, seat) => (seat.waiting.size < best.waiting.size ? seat : best));

const ask = ({ worker, waiting }: Seat, input: InputFile, id: number): Promise<FileResult> =>
  new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, input } satisfies ScanRequest);
  });
