import { BellwetherError, fileState, listFiles, readFrom, toBellwetherError } from '../../platform/index.ts';
import {
  createTail,
  parseTetragonLine,
  type RuntimeEvent,
  readTailState,
  type TailState,
  writeTailState,
} from '../../runtime-events/index.ts';
import type { CollectorSource, SourceDeps } from './node-source.ts';

export interface TetragonSourceOptions {
  readonly node: string;
  readonly folder: string;
  readonly file: string;
  readonly maxLineBytes: number;
  readonly intervalMs: number;
  readonly types: readonly string[];
  readonly excludeNamespaces: readonly string[];
  /** Whether processes outside of pods are sent. */
  readonly hostProcesses: boolean;
  readonly stateFile: string;
}

const NAME = 'tetragon';
const RETRY_MS = 5_000;

/** Tetragon's export files of this node. The place is written down only once the receiver has acknowledged what stands before it. */
export const createTetragonSource = (
  { clock, log, instruments: m, shipper, onEvents }: SourceDeps,
  options: TetragonSourceOptions,
): CollectorSource => {
  const { node, excludeNamespaces, types, hostProcesses, stateFile } = options;
  const isWanted = ({ type, namespace }: RuntimeEvent): boolean =>
    types.includes(type) && !excludeNamespaces.includes(namespace) && (hostProcesses || namespace !== '');

  const eventsOf = (lines: readonly Uint8Array[], tooLong: number): readonly RuntimeEvent[] => {
    m.lines.inc({ source: NAME }, lines.length + tooLong);
    if (tooLong > 0) m.refusedLines.inc({ source: NAME, reason: 'too_long' }, tooLong);
    const events: RuntimeEvent[] = [];
    for (const line of lines) {
      const parsed = parseTetragonLine(line);
      if ('refused' in parsed) m.refusedLines.inc({ source: NAME, reason: parsed.refused });
      else if (isWanted(parsed.event)) events.push(parsed.event.node === '' ? { ...parsed.event, node } : parsed.event);
    }
    return events;
  };

  const follow = async (state: TailState, signal: AbortSignal): Promise<void> => {
    const tail = createTail({ listFiles, fileState, readFrom, tell: (text) => log.warn({ source: NAME }, text) }, options, state);
    m.cycleInterval.set({ loop: NAME }, options.intervalMs / 1000);
    while (!signal.aborted) {
      m.cycles.inc({ loop: NAME });
      const batch = await tail.read();
      m.waitingBytes.set({ source: NAME }, await tail.lag());
      m.cycleLastSuccess.set({ loop: NAME }, clock.nowMs() / 1000);
      if (!batch) {
        await clock.sleep(options.intervalMs, signal);
        continue;
      }
      const events = eventsOf(batch.lines, batch.tooLong);
      onEvents(events);
      if (events.length > 0) await shipper.ship(NAME, events, signal);
      await writeTailState(stateFile, batch.state);
      tail.done(batch.state);
    }
  };

  return {
    name: NAME,
    run: async (signal) => {
      while (!signal.aborted) {
        try {
          await follow(await readTailState(stateFile), signal);
        } catch (thrown) {
          const error = toBellwetherError(thrown);
          if (signal.aborted) return;
          if (error instanceof BellwetherError && error.code === 'invalid_input') throw error;
          m.cycleFailures.inc({ loop: NAME, reason: error.code });
          log.warn({ err: error, source: NAME }, 'reading events failed; it is tried again');
          await clock.sleep(RETRY_MS, signal);
        }
      }
    },
  };
};
