import { SingleBar } from 'cli-progress';
import { type Clock, systemClock } from './clock.ts';

export interface ProgressOptions {
  /** What is being done: `scoring`, `reading`. */
  readonly label: string;
  /** Value of `update` at which the work is complete. */
  readonly total: number;
  readonly stream?: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly clock?: Pick<Clock, 'monotonicMs'>;
}

export interface Progress {
  /** The absolute state, not a step. */
  update(done: number): void;
  stop(): void;
}

// Often enough to see that it lives, rare enough for the log of a CI job.
const LINE_INTERVAL_MS = 10_000;

const percent = (done: number, total: number): string => `${total > 0 ? Math.floor((100 * Math.min(done, total)) / total) : 100} %`;

const createLines = ({ label, total }: ProgressOptions, stream: NodeJS.WritableStream, clock: Pick<Clock, 'monotonicMs'>): Progress => {
  const startMs = clock.monotonicMs();
  let lastMs = startMs;
  return {
    update: (done) => {
      const nowMs = clock.monotonicMs();
      if (nowMs - lastMs < LINE_INTERVAL_MS) return;
      lastMs = nowMs;
      const seconds = (nowMs - startMs) / 1000;
      const left = done > 0 ? `, about ${Math.ceil((seconds * Math.max(0, total - done)) / done)} s left` : '';
      stream.write(`${label}: ${percent(done, total)} after ${Math.round(seconds)} s${left}\n`);
    },
    stop: () => undefined,
  };
};

const createBar = ({ label, total }: ProgressOptions, stream: NodeJS.WritableStream): Progress => {
  const bar = new SingleBar({
    stream,
    format: `${label} {bar} {percentage} % | {eta_formatted} left`,
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    // The lifecycle of the process is the caller's: the bar must not take its signals.
    gracefulExit: false,
  });
  bar.start(total, 0);
  return { update: (done) => bar.update(Math.min(done, total)), stop: () => bar.stop() };
};

/** A progress bar on standard error; where that is no terminal, a line every ten seconds. */
export const createProgress = (options: ProgressOptions): Progress => {
  const stream = options.stream ?? process.stderr;
  return stream.isTTY ? createBar(options, stream) : createLines(options, stream, options.clock ?? systemClock);
};
