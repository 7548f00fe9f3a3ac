import { BANK_ROWS } from '../state-shape.ts';
import { admitWindow } from '../window-bank.ts';
import { ENTITY, type WorkloadState } from '../workload-state.ts';

/** When each row of a workload's window bank came in; NaN where that is not known, as after a restart. */
export type RowTimes = Float64Array;

export const createRowTimes = (): RowTimes => new Float64Array(BANK_ROWS).fill(Number.NaN);

/** Offers the last sample to the bank and notes when. */
export const admitTimed = (state: WorkloadState, times: RowTimes, margin: number, seconds: number): void => {
  const row = admitWindow(state, margin);
  if (row >= 0) times[row] = seconds;
};

/** A row that was taken out, with its time. */
export interface RemovedRow {
  readonly seconds: number;
  readonly values: readonly number[];
}

/** Takes the rows of a stretch out of the bank: what was an attack must not be a precedent. */
export const removeRows = (state: WorkloadState, times: RowTimes, fromSeconds: number, toSeconds: number): RemovedRow[] => {
  const { bank, bankWidth: width } = state.shape;
  const d = state.doubles;
  const removed: RemovedRow[] = [];
  for (let row = d[ENTITY.bankRows]! - 1; row >= 0; row--) {
    const seconds = times[row]!;
    if (!(seconds >= fromSeconds && seconds <= toSeconds)) continue;
    const last = d[ENTITY.bankRows]! - 1;
    removed.push({ seconds, values: [...state.floats.subarray(bank + row * width, bank + (row + 1) * width)] });
    state.floats.copyWithin(bank + row * width, bank + last * width, bank + (last + 1) * width);
    times[row] = times[last]!;
    times[last] = Number.NaN;
    d[ENTITY.bankRows] = last;
  }
  // The search begins with the rows that were near last time; those may be gone.
  state.nearestRows.set([0, 1, 2]);
  return removed;
};

/** Puts rows back, as far as there is room: the newest ones stay. */
export const restoreRows = (state: WorkloadState, times: RowTimes, rows: readonly RemovedRow[]): void => {
  const { bank, bankWidth: width } = state.shape;
  const d = state.doubles;
  for (const { seconds, values } of rows) {
    const row = d[ENTITY.bankRows]!;
    if (values.length !== width || row >= BANK_ROWS) return;
    state.floats.set(values, bank + row * width);
    times[row] = seconds;
    d[ENTITY.bankRows] = row + 1;
  }
};
