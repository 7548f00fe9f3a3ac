import type { Random } from '../../platform/index.ts';
import { forkRandom, gaussian } from './draws.ts';
import type { BatchWriter, SeriesTable } from './series-table.ts';

/** Series that come and go together in a scrape. */
export interface Block {
  readonly series: readonly number[];
  /** Whether the last scrape had them: only then their absence is marked. */
  live: boolean;
}

export const createBlock = (table: SeriesTable, labels: readonly Readonly<Record<string, string>>[]): Block => ({
  series: labels.map((own) => table.add(own)),
  live: false,
});

/** The series are in this scrape: `values` in the block's order. */
export const pushBlock = (writer: BatchWriter, block: Block, timeMs: number, values: ArrayLike<number>): void => {
  block.live = true;
  for (let i = 0; i < block.series.length; i++) writer.push(block.series[i] as number, timeMs, values[i] as number);
};

/** The series are not in this scrape. Prometheus writes a stale marker at its time, unless they carry timestamps of their own. */
export const missBlock = (writer: BatchWriter, block: Block | undefined, timeMs: number, marked = true): void => {
  if (!block?.live) return;
  block.live = false;
  if (marked) for (const series of block.series) writer.end(series, timeMs);
};

/** One scrape of a target. */
export interface Scrape {
  readonly timeMs: number;
  /** `failed`: nothing came and Prometheus knows it (stale markers, up = 0). `lost`: nothing was stored, for example while Prometheus restarted. */
  readonly outcome: 'ok' | 'failed' | 'lost';
}

/** When and how well a target is scraped. */
export interface Target {
  next(stepStartMs: number): Scrape;
}

/** Scrapes that fail: once in some days per target, for one to a few scrapes. */
const FAILURE_CHANCE = 0.0002;
const FAILURE_CONTINUES = 0.5;
/** Part of the failures that leave no marker. */
const LOST_SHARE = 0.2;
/** Prometheus is late by milliseconds, now and then by some hundred. */
const JITTER_MS = 3;
const LATE_CHANCE = 0.01;
const LATE_MS = 400;

/** A target with its own place in the interval, drawn from its name as Prometheus does by hash. */
export const createTarget = (name: string, seed: number, stepMs: number): Target => {
  const random: Random = forkRandom(seed, `target/${name}`);
  const offsetMs = random() * stepMs * 0.95;
  let failing: 'failed' | 'lost' | undefined;
  return {
    next: (stepStartMs) => {
      const late = random() < LATE_CHANCE ? LATE_MS * random() : 0;
      const timeMs = Math.min(stepStartMs + stepMs - 1, Math.round(stepStartMs + offsetMs + Math.abs(gaussian(random)) * JITTER_MS + late));
      if (failing && random() >= FAILURE_CONTINUES) failing = undefined;
      else if (!failing && random() < FAILURE_CHANCE) failing = random() < LOST_SHARE ? 'lost' : 'failed';
      return { timeMs, outcome: failing ?? 'ok' };
    },
  };
};
