import type { PodValues, WorkloadFrame } from '../conventions/index.ts';
import type { Unit, Workload } from './entity.ts';
import type { LayoutEntry, Layouts } from './layouts.ts';
import { hasLifecycleNews, type Lifecycle } from './lifecycle.ts';
import type { ReplicaChanges } from './replica-changes.ts';
import type { UnitValues } from './unit-values.ts';

export interface FrameBuilder {
  /** The frame of a workload at an instant; undefined where nothing is new. */
  build(workload: Workload, atMs: number, tick: number): WorkloadFrame | undefined;
}

/** Middle of the first `length` numbers, which are sorted in place; NaN where there are none. */
export const medianOf = (numbers: Float64Array, length: number): number => {
  if (length === 0) return Number.NaN;
  if (length === 1) return numbers[0]!;
  const sorted = numbers.subarray(0, length).sort();
  const middle = length >> 1;
  return length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Rows of units against columns of the layout; grows, never shrinks: the largest workload decides. */
interface Matrix {
  values: Float64Array;
  fresh: Uint8Array;
  column: Float64Array;
  readonly units: Unit[];
}

export const createFrameBuilder = (
  layouts: Layouts,
  unitValues: UnitValues,
  lifecycle: Lifecycle,
  changes: ReplicaChanges,
): FrameBuilder => {
  const matrix: Matrix = { values: new Float64Array(64), fresh: new Uint8Array(64), column: new Float64Array(8), units: [] };

  const reserve = (rows: number, width: number): void => {
    if (matrix.values.length < rows * width) matrix.values = new Float64Array(2 * rows * width);
    if (matrix.column.length < rows) matrix.column = new Float64Array(2 * rows);
    if (matrix.fresh.length < width) matrix.fresh = new Uint8Array(2 * width);
    matrix.fresh.fill(0, 0, width);
    matrix.units.length = 0;
  };

  /** Writes a unit's row; it counts only where it has a value. */
  const addRow = (unit: Unit, { features }: LayoutEntry, atMs: number, tick: number): void => {
    if (unit.slots.length === 0) return;
    unitValues.evaluate(unit, features, atMs, tick);
    const start = matrix.units.length * features.length;
    let hasValue = false;
    for (let column = 0; column < features.length; column++) {
      const index = features[column]!;
      const value = unitValues.value[index]!;
      matrix.values[start + column] = value;
      if (Number.isNaN(value)) continue;
      hasValue = true;
      if (unitValues.fresh[index] === 1) matrix.fresh[column] = 1;
    }
    if (hasValue) matrix.units.push(unit);
  };

  const columnMedian = (column: number, width: number): number => {
    if (matrix.fresh[column] === 0) return Number.NaN;
    let count = 0;
    for (let row = 0; row < matrix.units.length; row++) {
      const value = matrix.values[row * width + column]!;
      if (!Number.isNaN(value)) matrix.column[count++] = value;
    }
    return medianOf(matrix.column, count);
  };

  const largest = (column: number, width: number): number => {
    let found = Number.NaN;
    if (column < 0) return found;
    for (let row = 0; row < matrix.units.length; row++) {
      const value = matrix.values[row * width + column]!;
      if (!(found >= value) && !Number.isNaN(value)) found = value;
    }
    return found;
  };

  const podRows = (width: number): PodValues[] => {
    const pods: PodValues[] = [];
    for (let row = 0; row < matrix.units.length; row++) {
      const unit = matrix.units[row]!;
      if (unit.kind !== 'pod') continue;
      const values = matrix.values.slice(row * width, (row + 1) * width);
      for (let column = 0; column < width; column++) if (matrix.fresh[column] === 0) values[column] = Number.NaN;
      pods.push({ pod: unit.name, values });
    }
    return pods;
  };

  const build = (workload: Workload, atMs: number, tick: number): WorkloadFrame | undefined => {
    workload.layout ??= layouts.of(workload.has);
    const entry = workload.layout;
    const width = entry.features.length;
    const { units } = workload;
    reserve(units.length, width);
    for (let i = 0; i < units.length; i++) addRow(units[i]!, entry, atMs, tick);
    changes.count(workload, atMs);
    const values = new Float64Array(width);
    let hasValue = false;
    for (let column = 0; column < width; column++) {
      const value = columnMedian(column, width);
      values[column] = value;
      if (!Number.isNaN(value)) hasValue = true;
    }
    const signals = lifecycle.read(workload, atMs, tick, largest(entry.throttled, width));
    if (!hasValue && !hasLifecycleNews(signals)) return undefined;
    const pods = units.length > 1 ? podRows(width) : [];
    const frame: { -readonly [K in keyof WorkloadFrame]: WorkloadFrame[K] } = {
      key: workload.key,
      timeMs: atMs,
      layout: entry.layout,
      values,
      replicas: workload.hasPods ? (units.length > 1 ? pods.length : matrix.units.length) : 1,
    };
    if (pods.length > 1) frame.pods = pods;
    if (signals) frame.lifecycle = signals;
    if (workload.changed) frame.changed = workload.changed;
    workload.changed = undefined;
    if (Number.isNaN(workload.firstMs)) workload.firstMs = atMs;
    return frame;
  };

  return { build };
};
