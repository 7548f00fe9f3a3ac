import { classesOf, type EventsFile, kindColumns, kindRows, labelFrames, type WorkloadSeries } from '../../evaluation/index.ts';
import { splitBlocks } from './block-split.ts';

/** Labelled rows of all workloads of a set. */
export interface LabelledRows {
  readonly metrics: readonly string[];
  readonly columns: readonly string[];
  readonly classes: readonly string[];
  readonly values: Float64Array;
  readonly labels: Uint8Array;
  /** `PART` of each row. */
  readonly part: Uint8Array;
  readonly times: Float64Array;
  readonly ids: Int32Array;
  /** Classes whose only stretch is learned from and judged. */
  readonly cutInside: readonly string[];
  /** Usual distance of two rows. */
  readonly stepSeconds: number;
}

export interface LabelledSeries {
  readonly series: readonly WorkloadSeries[];
  readonly events: EventsFile;
}

export const labelledRows = (sets: readonly LabelledSeries[]): LabelledRows => {
  const metrics = [...new Set(sets.flatMap(({ series }) => series.flatMap(({ features }) => features.map(({ name }) => name))))];
  const columns = kindColumns(metrics);
  const classes = classesOf(sets.map(({ events }) => events));
  const all = sets.flatMap(({ series, events }) => series.map((each) => ({ each, ...labelFrames(each, events, classes) })));
  const splits = all.map(({ labels, isEdge }) => splitBlocks(labels, isEdge));
  const join = <T>(parts: readonly Iterable<T>[]): T[] => parts.flatMap((part) => [...part]);
  return {
    metrics,
    columns,
    classes,
    values: Float64Array.from(join(all.map(({ each }) => kindRows(each, metrics)))),
    labels: Uint8Array.from(join(all.map(({ labels }) => labels))),
    part: Uint8Array.from(join(splits.map(({ part }) => part))),
    times: Float64Array.from(join(all.map(({ each }) => each.timesMs.map((timeMs) => timeMs / 1000)))),
    ids: Int32Array.from(join(all.map(({ each }, id) => each.timesMs.map(() => id)))),
    stepSeconds: sets[0]?.events.stepSeconds ?? 1,
    cutInside: [...new Set(splits.flatMap(({ cutInside }) => cutInside))].map((label) => classes[label]!),
  };
};
