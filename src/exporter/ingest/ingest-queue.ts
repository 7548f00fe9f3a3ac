import { createHash } from 'node:crypto';
import type { Labels, Selector, SelectorResult, Series } from '../../conventions/index.ts';
import type { Clock } from '../../platform/index.ts';
import { createSelectorIndex } from './match-selector.ts';

/** A pushed series, checked: times rise, values are finite. */
export interface PushedSeries {
  readonly labels: Labels;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export interface IngestBatch {
  /** The sender's name for this batch: sent again, it changes nothing. */
  readonly id: string;
  readonly series: readonly PushedSeries[];
}

export type IngestResult =
  /** `ignored` are indices of series that no feature reads. */
  | { readonly status: 'accepted'; readonly samples: number; readonly ignored: readonly number[] }
  | { readonly status: 'duplicate' }
  /** The id was used for other content. */
  | { readonly status: 'conflict' }
  | { readonly status: 'overloaded'; readonly limit: 'samples' | 'series' };

export interface IngestLimits {
  readonly maxQueuedSamples: number;
  readonly maxSeries: number;
}

/** What is pushed waits here for the next cycle. */
export interface IngestQueue {
  offer(batch: IngestBatch): IngestResult;
  /** Everything that waits, as answers to the selectors, and nothing waits any more. */
  drain(): readonly SelectorResult[];
  readonly queuedSamples: number;
}

/** Ids are remembered at least until a sender has long given up repeating. */
const REMEMBERED_BATCHES = 10_000;
/** A series that was not pushed for this long gets new labels, and with them a new past in the extractor. */
const SERIES_RETENTION_MS = 3_600_000;

interface KnownSeries {
  readonly labels: Labels;
  readonly selectors: readonly number[];
  usedMs: number;
  /** Samples that wait. */
  readonly waiting: (readonly [timeMs: number, value: number])[];
}

const contentOf = ({ series }: IngestBatch): string => createHash('sha256').update(JSON.stringify(series)).digest('base64');
const identityOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Batches may overlap in time: sorted, the first of equal times wins. */
const toSeries = ({ labels, waiting }: KnownSeries): Series => {
  const sorted = waiting.toSorted(([a], [b]) => a - b).filter(([timeMs], i, all) => i === 0 || timeMs !== all[i - 1]?.[0]);
  return { labels, timesMs: Float64Array.from(sorted, ([timeMs]) => timeMs), values: Float64Array.from(sorted, ([, value]) => value) };
};

export const createIngestQueue = (selectors: readonly Selector[], clock: Pick<Clock, 'nowMs'>, limits: () => IngestLimits): IngestQueue => {
  const selectorsOf = createSelectorIndex(selectors);
  const known = new Map<string, KnownSeries>();
  const waiting = new Set<KnownSeries>();
  // Insertion order is age: the first is the oldest.
  const seen = new Map<string, string>();
  let queuedSamples = 0;

  const remember = (id: string, content: string): void => {
    seen.set(id, content);
    const oldest = seen.keys().next();
    if (seen.size > REMEMBERED_BATCHES && !oldest.done) seen.delete(oldest.value);
  };
  const forgetUnused = (nowMs: number): void => {
    for (const [identity, series] of known) if (nowMs - series.usedMs > SERIES_RETENTION_MS) known.delete(identity);
  };
  const queue = (identity: string, pushed: PushedSeries, takers: readonly number[], nowMs: number): void => {
    const entry = known.get(identity) ?? { labels: Object.freeze({ ...pushed.labels }), selectors: takers, usedMs: nowMs, waiting: [] };
    known.set(identity, entry);
    entry.usedMs = nowMs;
    for (const [i, timeMs] of pushed.timesMs.entries()) entry.waiting.push([timeMs, pushed.values[i] ?? Number.NaN]);
    waiting.add(entry);
  };

  return {
    offer: (batch) => {
      const content = contentOf(batch);
      const before = seen.get(batch.id);
      if (before !== undefined) return { status: before === content ? 'duplicate' : 'conflict' };
      const nowMs = clock.nowMs();
      const { maxQueuedSamples, maxSeries } = limits();
      const sorted = batch.series.map((pushed, index) => {
        const identity = identityOf(pushed.labels);
        return { index, pushed, identity, takers: known.get(identity)?.selectors ?? selectorsOf(pushed.labels) };
      });
      const taken = sorted.filter(({ takers }) => takers.length > 0);
      const samples = taken.reduce((sum, { pushed }) => sum + pushed.timesMs.length, 0);
      if (queuedSamples + samples > maxQueuedSamples) return { status: 'overloaded', limit: 'samples' };
      const fresh = new Set(taken.filter(({ identity }) => !known.has(identity)).map(({ identity }) => identity)).size;
      if (known.size + fresh > maxSeries) forgetUnused(nowMs);
      if (known.size + fresh > maxSeries) return { status: 'overloaded', limit: 'series' };
      for (const { identity, pushed, takers } of taken) queue(identity, pushed, takers, nowMs);
      queuedSamples += samples;
      remember(batch.id, content);
      return { status: 'accepted', samples, ignored: sorted.filter(({ takers }) => takers.length === 0).map(({ index }) => index) };
    },
    drain: () => {
      const bySelector = new Map<number, Series[]>();
      for (const entry of waiting) {
        const series = toSeries(entry);
        for (const selector of entry.selectors) {
          const list = bySelector.get(selector);
          if (list) list.push(series);
          else bySelector.set(selector, [series]);
        }
        entry.waiting.length = 0;
      }
      waiting.clear();
      queuedSamples = 0;
      return [...bySelector].map(([selector, series]) => ({ selector, series }));
    },
    get queuedSamples() {
      return queuedSamples;
    },
  };
};
