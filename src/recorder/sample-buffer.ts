import type { Labels, WorkloadFrame, WorkloadKey } from '../conventions/index.ts';
import { formatLabels } from './exposition-text.ts';

/** A series of a recording with the samples of one stretch of time. */
export interface BufferedSeries {
  readonly family: string;
  readonly labels: Labels;
  /** The labels as text: the order of a recording. */
  readonly text: string;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

/** Frames as series, until they are taken out. */
export interface SampleBuffer {
  add(frame: WorkloadFrame): void;
  readonly samples: number;
  /** All series in the order of a recording; the buffer is empty afterwards. */
  drain(): BufferedSeries[];
}

interface OpenSeries extends BufferedSeries {
  readonly timesMs: number[];
  readonly values: number[];
}

/** An order by UTF-16 code units, the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * How a workload is named in a recording: `evaluate` finds it by namespace and workload. An entity of chosen labels keeps them, and gets a workload
 * made of their values.
 */
export const recordedLabels = ({ namespace, workload, workloadKind, entity }: WorkloadKey, pod: string): Labels => ({
  ...(entity ? { workload: Object.values(entity).join('/'), ...entity } : { namespace, workload, workload_kind: workloadKind }),
  pod,
});

const entry = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
};

export const createSampleBuffer = (): SampleBuffer => {
  let open = new Map<WorkloadKey, Map<string, Map<string, OpenSeries>>>();
  let samples = 0;

  const seriesOf = (key: WorkloadKey, pod: string, family: string): OpenSeries => {
    const pods = entry(open, key, () => new Map<string, Map<string, OpenSeries>>());
    const families = entry(pods, pod, () => new Map<string, OpenSeries>());
    return entry(families, family, () => {
      const labels = recordedLabels(key, pod);
      return { family, labels, text: formatLabels(labels), timesMs: [], values: [] };
    });
  };

  const addValues = (frame: WorkloadFrame, pod: string, values: Float64Array): void => {
    frame.layout.features.forEach(({ name }, i) => {
      const value = values[i]!;
      if (Number.isNaN(value)) return;
      const series = seriesOf(frame.key, pod, name);
      series.timesMs.push(frame.timeMs);
      series.values.push(value);
      samples++;
    });
  };

  return {
    add: (frame) => {
      if (!frame.pods) addValues(frame, '', frame.values);
      else for (const { pod, values } of frame.pods) addValues(frame, pod, values);
    },
    get samples() {
      return samples;
    },
    drain: () => {
      const drained = [...open.values()].flatMap((pods) => [...pods.values()].flatMap((families) => [...families.values()]));
      open = new Map();
      samples = 0;
      return drained.sort((a, b) => compareText(a.family, b.family) || compareText(a.text, b.text));
    },
  };
};
