import { basename, dirname } from 'node:path';
import { type Clock, fileState, listFiles, pathKind, readFrom } from '../../platform/index.ts';
import type { RuntimeEvent } from '../runtime-event.ts';
import { createTail } from '../tail/tail-folder.ts';
import { NOTHING_READ } from '../tail/tail-state.ts';
import { parseTetragonLine } from '../tetragon/parse-tetragon-line.ts';
import { type EventFilter, isWanted } from '../view/event-filter.ts';

const MAX_LINE_BYTES = 2 ** 20;
const LOOK_MS = 500;

export interface ExportRead {
  readonly events: readonly RuntimeEvent[];
  /** Lines that are no event, by reason. */
  readonly refused: Readonly<Record<string, number>>;
}

/** What is in an export file, oldest first; `follow` waits for more until the signal. Rejects with `not_found`. */
export async function* readExport(
  path: string,
  filter: EventFilter,
  { follow, clock, tell }: { readonly follow: boolean; readonly clock: Clock; readonly tell: (text: string) => void },
  signal: AbortSignal,
): AsyncGenerator<ExportRead> {
  await pathKind(path);
  const tail = createTail(
    { listFiles, fileState, readFrom, tell },
    { folder: dirname(path), file: basename(path), maxLineBytes: MAX_LINE_BYTES },
    NOTHING_READ,
  );
  while (!signal.aborted) {
    const batch = await tail.read();
    if (!batch) {
      if (!follow) return;
      await clock.sleep(LOOK_MS, signal);
      continue;
    }
    tail.done(batch.state);
    const refused: Record<string, number> = batch.tooLong > 0 ? { too_long: batch.tooLong } : {};
    const events: RuntimeEvent[] = [];
    for (const line of batch.lines) {
      const parsed = parseTetragonLine(line);
      if ('refused' in parsed) refused[parsed.refused] = (refused[parsed.refused] ?? 0) + 1;
      else if (isWanted(parsed.event, filter)) events.push(parsed.event);
    }
    yield { events, refused };
  }
}
