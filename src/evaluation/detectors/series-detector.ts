import { type FrameFeature, type FrameLayout, type WorkloadFrame, workloadId } from '../../conventions/index.ts';
import { countsRestarts } from '../../features/index.ts';
import { GrowingColumn } from '../growing-column.ts';
import type { EntityName } from '../metrics/entity-evaluation.ts';
import { createScoreLog, nameOf, type ScoreLog } from '../replay/score-log.ts';

/** The frames of one workload as columns, without metrics of the surroundings (class `context`; restarts are of its own). */
export interface WorkloadSeries {
  readonly name: EntityName;
  readonly features: readonly FrameFeature[];
  /** Rising. */
  readonly timesMs: Float64Array;
  /** Frame after frame, in the order of `features`; NaN = no sample. */
  readonly values: Float64Array;
}

export interface SeriesOptions {
  readonly stepSeconds: number;
  readonly seed: number;
}

/** A detector that is given a workload's whole series. It must score each frame from the frames before it alone; nothing here can check that. */
export interface SeriesDetector {
  readonly name: string;
  /** One score per frame, 1 = the alert boundary, NaN = not ready. */
  score(series: WorkloadSeries, options: SeriesOptions): Promise<Float64Array>;
}

interface OpenSeries {
  readonly name: EntityName;
  readonly layout: FrameLayout;
  readonly columns: readonly number[];
  readonly times: GrowingColumn;
  readonly values: GrowingColumn;
}

/** Keeps frames as series; a workload whose columns change begins a new one. */
export const createSeriesCollector = () => {
  const open = new Map<string, OpenSeries>();
  const all: OpenSeries[] = [];
  const start = ({ key, layout }: WorkloadFrame): OpenSeries => ({
    name: nameOf(key),
    layout,
    columns: layout.features.flatMap(({ unitClass, name }, i) => (unitClass === 'context' && !countsRestarts(name) ? [] : [i])),
    times: new GrowingColumn(),
    values: new GrowingColumn(),
  });
  return {
    add: (frames: readonly WorkloadFrame[]): void => {
      for (const frame of frames) {
        const id = workloadId(frame.key);
        let series = open.get(id);
        if (series?.layout !== frame.layout) {
          series = start(frame);
          open.set(id, series);
          all.push(series);
        }
        series.times.push(frame.timeMs);
        for (const column of series.columns) series.values.push(frame.values[column]!);
      }
    },
    series: (): WorkloadSeries[] =>
      all.map(({ name, layout, columns, times, values }) => ({
        name,
        features: columns.map((column) => layout.features[column]!),
        timesMs: times.view(),
        values: values.view(),
      })),
  };
};

/** The scores of a detector for all series, as a log; its margin column repeats the score. */
export const scoreSeries = async (
  detector: SeriesDetector,
  series: readonly WorkloadSeries[],
  options: SeriesOptions,
): Promise<ScoreLog> => {
  const log = createScoreLog();
  for (const each of series) {
    const scores = await detector.score(each, options);
    each.timesMs.forEach((timeMs, i) => {
      const score = scores[i]!;
      log.add(each.name, timeMs, score, Number.isFinite(score), score);
    });
  }
  return log;
};
