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

  const takeCounter = (slot: number, time: number, read: number): void => {
    const before = table.fromValue[slot]!;
    // A counter below 0 is none; 0 keeps every increase from turning negative.
    const value = Math.max(0, read);
    if (time - table.fromMs[slot]! <= maxGapMs) {
      if (value < before) totals.counterResets++;
      increase += value < before ? value : value - before;
    } else {
      increase = 0;
      sinceMs = time;
    }
    table.fromMs[slot] = time;
    table.fromValue[slot] = value;
  };

  /** Restarts count whenever they happened: no gap ends them, and a new container's first number is all its own. */
  const takeRestarts = (slot: number, value: number): void => {
    const before = table.fromValue[slot]!;
    if (Number.isNaN(before)) increase += isNewcomer(slot) ? value : 0;
    else if (value > before) increase += value - before;
    table.fromValue[slot] = value;
  };

  const take = (slot: number, kind: CatalogInput['kind'], time: number, value: number): void => {
    if (kind === 'counter' || kind === 'bucket') takeCounter(slot, time, value);
    else if (kind === 'restarts') takeRestarts(slot, value);
  };

  const finish = (slot: number, kind: CatalogInput['kind'], newestMs: number, newest: number, tick: number): void => {
    if (newestMs > table.endMs[slot]!) table.endMs[slot] = Number.POSITIVE_INFINITY;
    if (kind === 'counter' || kind === 'bucket') {
      // The first sample of all, or after a gap: a baseline, no rate.
      if (!(newestMs > sinceMs)) return;
      table.value[slot] = (increase * 1000) / (newestMs - sinceMs);
    } else table.value[slot] = kind === 'restarts' ? increase : newest;
    table.valueMs[slot] = newestMs;
    table.freshTick[slot] = tick;
  };

  const consumePieces = (slot: number, kind: CatalogInput['kind'], toMs: number, tick: number): boolean => {
    let newestMs = Number.NaN;
    let newest = Number.NaN;
    for (let piece = table.head[slot]; piece !== undefined; piece = table.advance(slot)) {
      const { timesMs, values } = piece;
      let i = table.cursor[slot]!;
      for (; i < timesMs.length && timesMs[i]! <= toMs; i++) {
        newestMs = timesMs[i]!;
        newest = values[i]!;
        take(slot, kind, newestMs, newest);
      }
      table.cursor[slot] = i;
      if (i < timesMs.length) break;
    }
    if (Number.isNaN(newestMs)) return false;
    finish(slot, kind, newestMs, newest, tick);
    return true;
  };

  const consume = (slot: number, toMs: number, tick: number): boolean => {
    const kind = kinds[table.input[slot]!]!;
    increase = 0;
    sinceMs = table.fromMs[slot]!;
    const one = table.oneMs[slot]!;
    if (Number.isNaN(one)) return consumePieces(slot, kind, toMs, tick);
    if (one > toMs) return false;
    const value = table.oneValue[slot]!;
    table.oneMs[slot] = Number.NaN;
    take(slot, kind, one, value);
    finish(slot, kind, one, value, tick);
    return true;
  };

  return { consume };
};
