import { STRICT_FEATURES } from '../features/catalogue.ts';
import type { FlowTable } from '../features/flow-table.ts';
import type { Scaler } from '../features/scaler.ts';
import { BLOCK, PICTURE_LAYOUT, SIDE } from './layout.ts';

/** Deviations beyond this are as bright as it gets. */
const CAP = 3;
/** From here on two flows differ in a field. */
const DIFFERS = 1;

/** The strict features of a flow in deviations. */
export type ScaledFlow = Float64Array;

/** One scaler for all classes, fitted on training rows: what a flow looks like must not depend on what it is. */
export const scaleFlow = ({ means, deviations }: Scaler, { matrix }: FlowTable, row: number): ScaledFlow =>
  Float64Array.from({ length: matrix.width }, (_, k) => (matrix.data[row * matrix.width + k]! - means[k]!) / deviations[k]!);

/** Brightness 0 to 255 of each of 32 x 32 pixels, row after row: middle grey is the mean of benign flows; pixels without a feature are black. */
export const drawFlow = (flow: ScaledFlow): Uint8Array => {
  const pixels = new Uint8Array(SIDE * SIDE);
  PICTURE_LAYOUT.forEach(({ x, y }, k) => {
    const z = Math.max(-CAP, Math.min(CAP, flow[k]!));
    const shade = Math.round(16 + (239 * (z + CAP)) / (2 * CAP));
    for (let dy = 0; dy < BLOCK; dy++) for (let dx = 0; dx < BLOCK; dx++) pixels[(y + dy) * SIDE + x + dx] = shade;
  });
  return pixels;
};

/** Places in `STRICT_FEATURES` at which two flows differ by at least a deviation, the largest difference first. */
export const differingFields = (flow: ScaledFlow, other: ScaledFlow): number[] =>
  Array.from(STRICT_FEATURES.keys())
    .filter((k) => Math.abs(flow[k]! - other[k]!) >= DIFFERS)
    .sort((a, b) => Math.abs(flow[b]! - other[b]!) - Math.abs(flow[a]! - other[a]!));

/** The flow of a table that differs from another one in the fewest fields; -1 in an empty table. */
export const nearestFlow = (flow: ScaledFlow, scaler: Scaler, table: FlowTable): number => {
  let [least, nearest] = [Number.POSITIVE_INFINITY, -1];
  for (let row = 0; row < table.matrix.count; row++) {
    const other = scaleFlow(scaler, table, row);
    let distance = 0;
    for (let k = 0; k < flow.length && distance < least; k++) distance += Math.min(1, Math.abs(flow[k]! - other[k]!));
    if (distance < least) [least, nearest] = [distance, row];
  }
  return nearest;
};
