import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { type EventsFile, readEvents, readOpenMetrics, recordedSeries } from '../evaluation/index.ts';
import { BellwetherError, openReadStream, readFile } from '../platform/index.ts';
import { type DataReport, reportData } from './report/data-report.ts';
import type { LabelledSeries } from './supervised/labelled-rows.ts';
import { type TrainingSeries, trainingSeriesOf } from './training-series.ts';

/** A recording of a month of a cluster is some hundred megabytes. */
const MAX_RECORDING_BYTES = 4 * 2 ** 30;

export interface TrainingFile {
  readonly data: string;
  /** Labelled events: their time is left out. */
  readonly events?: string | undefined;
}

export interface TrainingData {
  readonly series: readonly TrainingSeries[];
  /** What each file holds. */
  readonly reports: readonly DataReport[];
  /** The recordings with labels themselves, where they were asked for. */
  readonly labelled: readonly LabelledSeries[];
  /** SHA-256 over the hashes of the files, in their order. */
  readonly sha256: string;
  readonly workloads: number;
  /** Of all recordings. */
  readonly samples: number;
  /** Windows that can be learned from, and later ones that judge. */
  readonly learned: number;
  readonly later: number;
}

export interface ReadOptions {
  readonly keepSeries?: boolean;
  /** The workloads that count; all of them where absent. */
  readonly owns?: ((name: LabelledSeries['series'][number]['name']) => boolean) | undefined;
}

const hashFile = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path, { maxBytes: MAX_RECORDING_BYTES }))
    .digest('hex');

/** The usual time between two samples: the median of the first series that has some. */
const stepSecondsOf = (path: string, times: readonly Float64Array[]): number => {
  const longest = times.reduce((a, b) => (b.length > a.length ? b : a), new Float64Array(0));
  const gaps = Float64Array.from(longest.subarray(1), (time, i) => time - longest[i]!).sort();
  const step = (gaps[gaps.length >> 1] ?? 0) / 1000;
  if (!(step > 0)) throw new BellwetherError('invalid_input', `${path} has no series of two samples`);
  return step;
};

/** Reads recordings and cuts them into series to learn from. Rejects with `invalid_input` where they hold too little. */
export const readTrainingData = async (
  files: readonly TrainingFile[],
  { keepSeries = false, owns }: ReadOptions = {},
): Promise<TrainingData> => {
  const series: TrainingSeries[] = [];
  const reports: DataReport[] = [];
  const labelled: LabelledSeries[] = [];
  const hashes: string[] = [];
  let workloads = 0;
  let samples = 0;
  for (const { data, events: eventsPath } of files) {
    const events: EventsFile | undefined = eventsPath === undefined ? undefined : await readEvents(eventsPath);
    hashes.push(await hashFile(data), ...(eventsPath === undefined ? [] : [await hashFile(eventsPath)]));
    const recording = await readOpenMetrics(openReadStream(data), { file: data });
    const stepSeconds =
      events?.stepSeconds ??
      stepSecondsOf(
        data,
        recording.series.map(({ timesMs }) => timesMs),
      );
    const all = recordedSeries(recording, stepSeconds);
    const found = owns ? all.filter(({ name }) => owns(name)) : all;
    reports.push(reportData(basename(data), recording, found, events));
    if (keepSeries && events) labelled.push({ series: found, events });
    workloads += found.length;
    samples += recording.samples;
    for (const each of found) series.push(...trainingSeriesOf(each, events));
  }
  if (series.length === 0 && !keepSeries)
    throw new BellwetherError(
      'invalid_input',
      `the recordings hold no metric with enough usual samples to learn from (${workloads} workloads)`,
    );
  const count = (part: 'learned' | 'later'): number => series.reduce((sum, each) => sum + each[part].length, 0);
  return {
    series,
    reports,
    labelled,
    sha256: createHash('sha256').update(hashes.join('\n')).digest('hex'),
    workloads,
    samples,
    learned: count('learned'),
    later: count('later'),
  };
};
