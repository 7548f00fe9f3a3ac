import { openReadStream, readFile } from '../../platform/index.ts';
import { type EventsFile, parseEventsFile } from '../events-file.ts';
import { readOpenMetrics } from '../open-metrics-reader.ts';
import type { Recording } from '../recording.ts';

// An events file of a thousand events is about 300 KB.
const MAX_EVENTS_BYTES = 64 << 20;

export interface PairPaths {
  readonly data: string;
  readonly events: string;
}

/** A recording and its ground truth. The events come first: a wrong file is told before the long work begins. */
export const readPair = async ({ data, events }: PairPaths): Promise<{ readonly recording: Recording; readonly events: EventsFile }> => {
  const truth = await readEvents(events);
  return { recording: await readOpenMetrics(openReadStream(data), { file: data }), events: truth };
};

/** Rejects with invalid_input or not_found, naming the file. */
export const readEvents = async (path: string): Promise<EventsFile> =>
  parseEventsFile(new TextDecoder().decode(await readFile(path, { maxBytes: MAX_EVENTS_BYTES })), path);
