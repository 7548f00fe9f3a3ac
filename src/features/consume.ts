import type { Series } from '../conventions/index.ts';
import type { CatalogInput } from './catalog.ts';
import type { Totals } from './intake.ts';
import type { SeriesTable } from './series-table.ts';

/** A rate over a longer silence would smear what happened at its end over all of it, so the counter starts anew. */
export const RATE_MAX_GAP_STEPS = 5;

export interface Consumer {
  /** Takes the pending samples up to an instant into the slot's value; true where there was at least one. */
  consume(slot: number, toMs: number, tick: number): boolean;
}

/**
 * Counters become rates per second between the last sample of the instant before and the last one of this instant, with the
 * increase counted over every sample between them, so that a reset in the middle loses nothing. After a reset a counter is
 * taken to have started at 0, as PromQL's `rate` does. Gauges give their newest sample.
 */
export const createConsumer = (
  table: SeriesTable,
  totals: Totals,
  inputs: readonly CatalogInput[],
  stepMs: number,
  isNewcomer: (slot: number) => boolean,
): Consumer => {
  const kinds = inputs.map(({ kind }) => kind);
  const maxGapMs = RATE_MAX_GAP_STEPS * stepMs;
  let increase = 0;
  let sinceMs = Number.NaN;

  const takeCounter = (slot: number, piece: Series, start: number, end: number): void => {
    let beforeMs = table.fromMs[slot]!;
    let before = table.fromValue[slot]!;
    for (let i = start; i < end; i++) {
      const time = piece.timesMs[i]!;
      // A counter below 0 is none; 0 keeps every increase from turning negative.
      const value = Math.max(0, piece.values[i]!);
      if (time - beforeMs <= maxGapMs) {
        if (value < before) totals.counterResets++;
        increase += value < before ? value : value - before;
      } else {
        increase = 0;
        sinceMs = time;
      }
      beforeMs = time;
      before = value;
    }
    table.fromMs[slot] = beforeMs;
    table.fromValue[slot] = before;
  };

  /** Restarts count whenever they happened: no gap ends them, and a new container's first number is all its own. */
  const takeRestarts = (slot: number, piece: Series, start: number, end: number): void => {
    let before = table.fromValue[slot]!;
    for (let i = start; i < end; i++) {
      const value = piece.values[i]!;
      if (Number.isNaN(before)) increase += isNewcomer(slot) ? value : 0;
      else if (value > before) increase += value - before;
      before = value;
    }
    table.fromValue[slot] = before;
  };

  const finish = (slot: number, newestMs: number, newest: number, tick: number): void => {
    const kind = kinds[table.input[slot]!];
    if (newestMs > table.endMs[slot]!) table.endMs[slot] = Number.POSITIVE_INFINITY;
    if (kind === 'counter' || kind === 'bucket') {
      // The first sample of all, or after a gap: a baseline, no rate.
      if (!(newestMs > sinceMs)) return;
      table.value[slot] = (increase * 1000) / (newestMs - sinceMs);
    } else table.value[slot] = kind === 'restarts' ? increase : newest;
    table.valueMs[slot] = newestMs;
    table.freshTick[slot] = tick;
  };

  const consume = (slot: number, toMs: number, tick: number): boolean => {
    let piece = table.head[slot];
    let newestMs = Number.NaN;
    let newest = Number.NaN;
    const kind = kinds[table.input[slot]!];
    increase = 0;
    sinceMs = table.fromMs[slot]!;
    while (piece !== undefined) {
      const { timesMs } = piece;
      const start = table.cursor[slot]!;
      let end = start;
      while (end < timesMs.length && timesMs[end]! <= toMs) end++;
      if (end > start) {
        newestMs = timesMs[end - 1]!;
        newest = piece.values[end - 1]!;
        if (kind === 'counter' || kind === 'bucket') takeCounter(slot, piece, start, end);
        else if (kind === 'restarts') takeRestarts(slot, piece, start, end);
      }
      if (end < timesMs.length) {
        table.cursor[slot] = end;
        break;
      }
      piece = table.advance(slot);
    }
    if (Number.isNaN(newestMs)) return false;
    finish(slot, newestMs, newest, tick);
    return true;
  };

  return { consume };
};
