import { SLOT } from './metric-slots.ts';
import { BANK_ROWS } from './state-shape.ts';
import { floorAt } from './unit-floor.ts';
import { ENTITY, metricSlot, type WorkloadState } from './workload-state.ts';

const NEAREST = 3;
/** Rows before the bank speaks. */
const READY_ROWS = 20;
/** Squared difference per coordinate beyond which more makes no difference, in standard deviations. */
const REACH_SQUARED = 16;
/** Alarm-like samples are never admitted. */
const ADMIT_BELOW = 0.8;

const MAX_WIDTH = 1024;
const window = new Float64Array(MAX_WIDTH);
const inverse = new Float64Array(MAX_WIDTH);

/** The sample and the mean of the three before it per metric; four lags where there is one metric. Missing values stand at the level. */
const fillWindow = (state: WorkloadState, values: Float64Array): void => {
  const d = state.doubles;
  const single = state.metrics.length === 1;
  for (let m = 0; m < state.metrics.length; m++) {
    const slot = metricSlot(state, m);
    const value = values[m]!;
    const x = Number.isNaN(value) ? d[slot + SLOT.lag1]! : value;
    const scale = floorAt(state.metrics[m]!.floor, d[slot + SLOT.level]!);
    const weight = 1 / Math.sqrt(d[slot + SLOT.variance]! + scale * scale);
    if (single) {
      window.set([x, d[slot + SLOT.lag1]!, d[slot + SLOT.lag2]!, d[slot + SLOT.lag3]!]);
      inverse.fill(weight, 0, 4);
    } else {
      window[2 * m] = x;
      window[2 * m + 1] = (d[slot + SLOT.lag1]! + d[slot + SLOT.lag2]! + d[slot + SLOT.lag3]!) / 3;
      inverse[2 * m] = weight;
      inverse[2 * m + 1] = weight;
    }
  }
};

/** Stops beyond `limit`. Widths are even: two numbers a metric, four where there is one metric. */
const distanceSquared = (rows: Float32Array, offset: number, width: number, limit: number): number => {
  let sum = 0;
  for (let i = 0; i < width; i += 2) {
    const one = (rows[offset + i]! - window[i]!) * inverse[i]!;
    const two = (rows[offset + i + 1]! - window[i + 1]!) * inverse[i + 1]!;
    sum = sum + Math.min(one * one, REACH_SQUARED) + Math.min(two * two, REACH_SQUARED);
    if (sum > limit) return sum;
  }
  return sum;
};

/** The three smallest squared distances so far, and their rows. */
const nearest = { squared: new Float64Array(NEAREST), rows: new Int32Array(NEAREST) };

const offerRow = (row: number, squared: number): void => {
  let place = NEAREST - 1;
  if (squared >= nearest.squared[place]!) return;
  for (; place > 0 && squared < nearest.squared[place - 1]!; place--) {
    nearest.squared[place] = nearest.squared[place - 1]!;
    nearest.rows[place] = nearest.rows[place - 1]!;
  }
  nearest.squared[place] = squared;
  nearest.rows[place] = row;
};

/** Mean distance to the 3 nearest rows over sqrt(width); NaN while the bank is too small or absent. Leaves the window for `admitWindow`. */
export const bankDistance = (state: WorkloadState, values: Float64Array): number => {
  const { bankWidth: width, bank } = state.shape;
  if (width === 0 || width > MAX_WIDTH) return Number.NaN;
  fillWindow(state, values);
  const rows = state.doubles[ENTITY.bankRows]!;
  if (rows < READY_ROWS) return Number.NaN;
  nearest.squared.fill(Number.POSITIVE_INFINITY);
  // What was near a step ago is near still: with these first, nearly every other row is given up after a few coordinates.
  const hints = state.nearestRows;
  const one = hints[0]!;
  const two = hints[1]!;
  const three = hints[2]!;
  for (let i = 0; i < NEAREST; i++) {
    const row = hints[i]!;
    offerRow(row, distanceSquared(state.floats, bank + row * width, width, Number.POSITIVE_INFINITY));
  }
  for (let row = 0; row < rows; row++) {
    if (row === one || row === two || row === three) continue;
    const limit = nearest.squared[NEAREST - 1]!;
    const squared = distanceSquared(state.floats, bank + row * width, width, limit);
    if (squared < limit) offerRow(row, squared);
  }
  hints.set(nearest.rows);
  const { squared } = nearest;
  return (Math.sqrt(squared[0]!) + Math.sqrt(squared[1]!) + Math.sqrt(squared[2]!)) / NEAREST / Math.sqrt(width);
};

/** Uniform in [0, 1) from a counter kept in the state (mulberry32), so that a restored workload goes on as it would have. */
const nextRandom = (d: Float64Array): number => {
  const counter = (d[ENTITY.random]! + 0x6d2b79f5) >>> 0;
  d[ENTITY.random] = counter;
  let t = Math.imul(counter ^ (counter >>> 15), counter | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

/** Offers the window of the last `bankDistance` to the reservoir: every quiet sample of the past has the same chance to be kept. */
export const admitWindow = (state: WorkloadState, margin: number): void => {
  const { bankWidth: width, bank } = state.shape;
  if (width === 0 || width > MAX_WIDTH || margin >= ADMIT_BELOW) return;
  const d = state.doubles;
  const offered = d[ENTITY.bankOffered]!;
  d[ENTITY.bankOffered] = offered + 1;
  let row = d[ENTITY.bankRows]!;
  if (row < BANK_ROWS) d[ENTITY.bankRows] = row + 1;
  else {
    row = Math.floor(nextRandom(d) * (offered + 1));
    if (row >= BANK_ROWS) return;
  }
  for (let i = 0; i < width; i++) state.floats[bank + row * width + i] = window[i]!;
};
