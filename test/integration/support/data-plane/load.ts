import { connect, type Socket } from 'node:net';

/** Requests at a fixed rate, whether or not earlier ones are answered: a client that waits would hide what a limit does. */
export interface LoadOptions {
  readonly port: number;
  readonly path: string;
  readonly host?: string;
  /** Loopback address that the requests come from; the key of per-client limits. */
  readonly from: string;
  readonly requestsPerSecond: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly sent: number;
  /** By status code. */
  readonly answers: ReadonlyMap<number, number>;
  /** From the first request to the last answer. */
  readonly seconds: number;
}

const TICK_MS = 10;
const MAX_SOCKETS = 128;
/** A load that nobody answers ends all the same. */
const GRACE_MS = 20_000;

// One line says all; bodies of the servers under test hold no such line.
const STATUS = /HTTP\/1\.1 (\d{3}) /g;

/** Raw sockets with one open request each: cheap enough that load and server share a small machine. */
export const runLoad = async ({ port, path, host = 'localhost', from, requestsPerSecond, seconds }: LoadOptions): Promise<LoadResult> => {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const answers = new Map<number, number>();
  const [idle, all] = [[] as Socket[], new Set<Socket>()];
  const total = Math.round(requestsPerSecond * seconds);
  let [sent, answered, lost] = [0, 0, 0];
  const begin = performance.now();
  let last = begin;

  const open = (): void => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from, noDelay: true });
    all.add(socket);
    let isBusy = true;
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      for (const [, code] of chunk.toString('latin1').matchAll(STATUS)) {
        answers.set(Number(code), (answers.get(Number(code)) ?? 0) + 1);
        answered += 1;
        last = performance.now();
        isBusy = false;
        idle.push(socket);
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (all.delete(socket) && isBusy) lost += 1;
      const place = idle.indexOf(socket);
      if (place >= 0) idle.splice(place, 1);
    });
    busyMarks.set(socket, () => {
      isBusy = true;
    });
  };
  const busyMarks = new Map<Socket, () => void>();
  const send = (): boolean => {
    const socket = idle.pop();
    if (socket) {
      busyMarks.get(socket)?.();
      socket.write(request);
    } else if (all.size < MAX_SOCKETS) open();
    else return false;
    sent += 1;
    return true;
  };

  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - begin;
      const due = Math.min(total, Math.ceil((elapsedMs / 1000) * requestsPerSecond));
      while (sent < due && send());
      const isOver = sent >= total || elapsedMs > seconds * 1000 + GRACE_MS;
      if (isOver && (answered + lost >= sent || elapsedMs > seconds * 1000 + 2 * GRACE_MS)) {
        clearInterval(timer);
        resolve();
      }
    }, TICK_MS);
  });
  for (const socket of all) socket.destroy();
  return { sent, answers, seconds: (last - begin) / 1000 };
};
