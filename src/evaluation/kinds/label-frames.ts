import type { WorkloadSeries } from '../detectors/series-detector.ts';
import type { EventsFile } from '../events-file.ts';

/** Class of the frames outside all events, always the first one. */
export const NORMAL = 'normal';

/** Windows of rates carry the other phase for this many samples after a change of class. */
const EDGE = 6;

export interface FrameLabels {
  /** Place of each frame's class. */
  readonly labels: Uint8Array;
  /** 1 = right after a change of class, or of a kind that is no class here: neither learned from nor judged. */
  readonly isEdge: Uint8Array;
}

/** The classes of a set: normal, then the kinds of its events by name. Events without a kind are `event`. */
export const classesOf = (files: readonly EventsFile[]): string[] => [
  NORMAL,
  ...new Set(files.flatMap(({ events }) => events.map(({ kind }) => kind ?? 'event')).sort()),
];

export const labelFrames = ({ name, timesMs }: WorkloadSeries, { events }: EventsFile, classes: readonly string[]): FrameLabels => {
  const labels = new Uint8Array(timesMs.length);
  const isEdge = new Uint8Array(timesMs.length);
  for (const event of events) {
    if (event.namespace !== name.namespace || event.workload !== name.workload) continue;
    const place = classes.indexOf(event.kind ?? 'event');
    for (const [i, timeMs] of timesMs.entries()) {
      if (timeMs < event.from * 1000 || timeMs >= event.to * 1000) continue;
      if (place >= 0) labels[i] = place;
      else isEdge[i] = 1;
    }
  }
  for (let i = 1; i < labels.length; i++) if (labels[i] !== labels[i - 1]) isEdge.fill(1, i, i + EDGE);
  return { labels, isEdge };
};
