import type { WorkloadFrame } from '../../conventions/index.ts';
import { END_OF_TEXT, formatHead, formatLabels, formatSample } from './open-metrics.ts';

/** Features of workloads as a recording: gauges with their rates already taken, as the recorder writes them. */
export interface GaugeRecording {
  add(frames: readonly WorkloadFrame[]): void;
  /** The whole text in pieces: sorted by family, series and time. */
  text(): Generator<string>;
  /** Namespace, workload, kind and pods of everything in it. */
  entities(): readonly RecordedEntity[];
}

export interface RecordedEntity {
  readonly namespace: string;
  readonly workload: string;
  readonly workload_kind: string;
  pods?: string[];
}

interface Column {
  readonly text: string;
  readonly timesMs: number[];
  readonly values: number[];
}

/** As many as recordings have: enough to tell two readings apart. */
const SIGNIFICANT_DIGITS = 6;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const createGaugeRecording = (): GaugeRecording => {
  const families = new Map<string, Map<string, Column>>();
  const seen = new Map<string, RecordedEntity>();
  const labelTexts = new Map<string, string>();

  const columnOf = (family: string, labels: string): Column => {
    let columns = families.get(family);
    if (!columns) {
      columns = new Map();
      families.set(family, columns);
    }
    let column = columns.get(labels);
    if (!column) {
      column = { text: labels, timesMs: [], values: [] };
      columns.set(labels, column);
    }
    return column;
  };
  const labelsOf = ({ namespace, workload, workloadKind }: WorkloadFrame['key'], pod: string): string => {
    const id = `${namespace}/${workload}/${workloadKind}/${pod}`;
    let text = labelTexts.get(id);
    if (text === undefined) {
      text = formatLabels({ namespace, workload, workload_kind: workloadKind, pod });
      labelTexts.set(id, text);
      const name = `${namespace}/${workload}`;
      const entity = seen.get(name) ?? { namespace, workload, workload_kind: workloadKind };
      if (pod) entity.pods = [...(entity.pods ?? []), pod];
      seen.set(name, entity);
    }
    return text;
  };
  const addValues = (frame: WorkloadFrame, pod: string, values: Float64Array): void => {
    const labels = labelsOf(frame.key, pod);
    frame.layout.features.forEach(({ name }, i) => {
      const value = values[i] as number;
      if (Number.isNaN(value)) return;
      const column = columnOf(name, labels);
      column.timesMs.push(frame.timeMs);
      column.values.push(value);
    });
  };

  return {
    add: (frames) => {
      for (const frame of frames) {
        if (!frame.pods) addValues(frame, '', frame.values);
        else for (const { pod, values } of frame.pods) addValues(frame, pod, values);
      }
    },
    *text() {
      for (const [family, columns] of [...families].sort(([a], [b]) => byText(a, b))) {
        yield formatHead(family, 'gauge', 'A feature of a simulated workload.');
        for (const { text, timesMs, values } of [...columns.values()].sort((a, b) => byText(a.text, b.text))) {
          const series = family + text;
          let lines = '';
          for (let i = 0; i < values.length; i++) {
            lines += formatSample(series, Number((values[i] as number).toPrecision(SIGNIFICANT_DIGITS)), timesMs[i] as number);
          }
          yield lines;
        }
      }
      yield END_OF_TEXT;
    },
    entities: () => [...seen.values()],
  };
};
