import { type FrameLayout, type WorkloadFrame, workloadId } from '../../conventions/index.ts';

/** A detector of one workload: takes the values of its own metrics, NaN = no sample; gives a score, NaN = too early. */
export type ValuesDetector = (values: Float64Array) => number;

interface Slot {
  readonly layout: FrameLayout;
  readonly columns: readonly number[];
  readonly values: Float64Array;
  readonly detect: ValuesDetector;
}

/** One detector per workload, anew when its columns change. Metrics of the surroundings (class `context`) are left out, as in the score. */
export const createPerWorkload = (create: (width: number) => ValuesDetector): ((frame: WorkloadFrame) => number) => {
  const slots = new Map<string, Slot>();
  return (frame) => {
    const id = workloadId(frame.key);
    let slot = slots.get(id);
    if (slot?.layout !== frame.layout) {
      const columns = frame.layout.features.flatMap(({ unitClass }, i) => (unitClass === 'context' ? [] : [i]));
      slot = { layout: frame.layout, columns, values: new Float64Array(columns.length), detect: create(columns.length) };
      slots.set(id, slot);
    }
    const { columns, values, detect } = slot;
    for (let i = 0; i < columns.length; i++) values[i] = frame.values[columns[i]!]!;
    return detect(values);
  };
};
