import {
  type AuditVerdict,
  auditRecording,
  type EventsFile,
  maskOf,
  type Recording,
  rocAuc,
  type WorkloadSeries,
} from '../../evaluation/index.ts';
import { type ColumnReport, correlationOf, describeColumn, robustDistances } from './describe-column.ts';

/** Two metrics of one workload, or of all, that say the same. */
export interface Correlation {
  readonly a: string;
  readonly b: string;
  /** Mean over workloads. */
  readonly correlation: number;
}

/** One metric of one workload with its labelled events, thinned for drawing. */
export interface Timeline {
  readonly workload: string;
  readonly metric: string;
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly events: readonly { readonly from: number; readonly to: number; readonly kind: string | undefined }[];
}

/** What a recording holds, before anything is learned from it. */
export interface DataReport {
  readonly file: string;
  readonly workloads: number;
  readonly frames: number;
  readonly events: number;
  readonly duplicateFrames: number;
  readonly columns: readonly ColumnReport[];
  /** The strongest, strongest first. */
  readonly correlations: readonly Correlation[];
  /** Names of columns, the one that tells events apart best first; empty without events. */
  readonly ranked: readonly string[];
  readonly timelines: readonly Timeline[];
  readonly audit: AuditVerdict | undefined;
}

const NEAR_DUPLICATE = 0.999;
const MOST_CORRELATIONS = 30;
const MOST_TIMELINES = 12;
const TIMELINE_POINTS = 400;

const NO_EVENTS = {
  name: '',
  stepSeconds: 1,
  cleanUntil: undefined,
  faultFreeSpans: [],
  entities: [],
  events: [],
} as const satisfies EventsFile;

const columnIn = ({ features, timesMs, values }: WorkloadSeries, name: string): Float64Array | undefined => {
  const m = features.findIndex((feature) => feature.name === name);
  return m < 0 ? undefined : Float64Array.from(timesMs, (_, i) => values[i * features.length + m]!);
};

const eventsOf = ({ events }: EventsFile, { name }: WorkloadSeries) =>
  events.filter(({ namespace, workload }) => namespace === name.namespace && workload === name.workload);

const concat = (parts: readonly Float64Array[]): Float64Array => Float64Array.from(parts.flatMap((part) => [...part]));

const duplicatesIn = ({ features, timesMs, values }: WorkloadSeries): number => {
  const seen = new Set(Array.from(timesMs, (_, i) => values.subarray(i * features.length, (i + 1) * features.length).join()));
  return timesMs.length - seen.size;
};

/** Every n-th frame of each workload serves for correlations. */
const CORRELATED_FRAMES = 1000;

const correlationsOf = (series: readonly WorkloadSeries[], names: readonly string[]): Correlation[] => {
  const columns = series.map((each) => {
    const every = Math.max(1, Math.ceil(each.timesMs.length / CORRELATED_FRAMES));
    return names.map((name) => columnIn(each, name)?.filter((_, i) => i % every === 0));
  });
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b, k) => ({ a, b, i, j: i + 1 + k })));
  return pairs
    .flatMap(({ a, b, i, j }): Correlation[] => {
      const found = columns.flatMap((own) => (own[i] && own[j] ? [correlationOf(own[i], own[j])] : []));
      return found.length === 0 ? [] : [{ a, b, correlation: found.reduce((sum, r) => sum + r, 0) / found.length }];
    })
    .sort((x, y) => Math.abs(y.correlation) - Math.abs(x.correlation));
};

const timelineOf = (series: WorkloadSeries, metric: string, events: EventsFile): Timeline[] => {
  const values = columnIn(series, metric);
  if (!values) return [];
  const every = Math.max(1, Math.ceil(values.length / TIMELINE_POINTS));
  const places = [...values.keys()].filter((i) => i % every === 0 && Number.isFinite(values[i]!));
  return [
    {
      workload: `${series.name.namespace}/${series.name.workload}`,
      metric,
      times: places.map((i) => series.timesMs[i]! / 1000),
      values: places.map((i) => values[i]!),
      events: eventsOf(events, series).map(({ from, to, kind }) => ({ from, to, kind })),
    },
  ];
};

/** Describes a recording: distributions, outliers, copies, correlations, which metrics tell events apart, and what the leakage audit says of each. */
export const reportData = (file: string, recording: Recording, series: readonly WorkloadSeries[], given?: EventsFile): DataReport => {
  const events = given ?? NO_EVENTS;
  const names = [...new Set(series.flatMap(({ features }) => features.map(({ name }) => name)))];
  const audit = events.events.length > 0 ? auditRecording(series, events) : undefined;
  const correlations = correlationsOf(series, names);
  const notNumbers = (name: string, isOne: (x: number) => boolean): number =>
    recording.series.reduce(
      (sum, each) => sum + (recording.families[each.family]!.name === name ? each.values.filter(isOne).length : 0),
      0,
    );
  const columns = names.map((name): ColumnReport => {
    const owners = series.filter((each) => columnIn(each, name));
    const values = owners.map((each) => columnIn(each, name)!);
    const distances = concat(values.map(robustDistances));
    const isEvent = owners.flatMap((each) => [
      ...maskOf(
        each.timesMs.map((timeMs) => timeMs / 1000),
        eventsOf(events, each),
      ),
    ]);
    const known = [...distances.keys()].filter((i) => Number.isFinite(distances[i]!));
    const copies = correlations.filter(({ a, b, correlation }) => (a === name || b === name) && Math.abs(correlation) >= NEAR_DUPLICATE);
    return {
      name,
      ...describeColumn(concat(values), distances),
      nan: notNumbers(name, Number.isNaN),
      infinite: notNumbers(name, (x) => Math.abs(x) === Number.POSITIVE_INFINITY),
      auc: rocAuc(
        Uint8Array.from(known, (i) => isEvent[i]!),
        Float64Array.from(known, (i) => distances[i]!),
      ),
      warnings: [
        ...(audit?.findings ?? []).filter(({ text }) => text.includes(`column ${name} `)).map(({ text }) => text),
        ...copies.map(({ a, b, correlation }) => `says the same as ${a === name ? b : a} (correlation ${correlation.toFixed(4)})`),
      ],
    };
  });
  const ranked = columns
    .filter(({ auc }) => auc !== undefined)
    .sort((a, b) => b.auc! - a.auc!)
    .map(({ name }) => name);
  const byEvents = [...series].sort((a, b) => eventsOf(events, b).length - eventsOf(events, a).length);
  const shown = (ranked.length > 0 ? ranked : names).flatMap((metric) => {
    const owner = byEvents.find((each) => columnIn(each, metric));
    return owner ? timelineOf(owner, metric, events) : [];
  });
  return {
    file,
    workloads: series.length,
    frames: series.reduce((sum, { timesMs }) => sum + timesMs.length, 0),
    events: events.events.length,
    duplicateFrames: series.reduce((sum, each) => sum + duplicatesIn(each), 0),
    columns,
    correlations: correlations.slice(0, MOST_CORRELATIONS),
    ranked,
    timelines: shown.slice(0, MOST_TIMELINES),
    audit,
  };
};
