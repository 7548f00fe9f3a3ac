import { createFeatureExtractor, type FeatureCatalog } from '../features/index.ts';
import type { SeriesSource } from '../prometheus/index.ts';
import { toBlocks, writePart } from './part-file.ts';
import { createSampleBuffer } from './sample-buffer.ts';

export interface WindowDeps {
  readonly source: SeriesSource;
  readonly catalog: FeatureCatalog;
}

export interface Window {
  /** Instants at `startMs <= t < endMs` are recorded. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  /** Samples in memory before a part is written. */
  readonly maxSamples: number;
  readonly partPath: (part: number) => string;
}

// Rates need what came before, and limits hold for five minutes: with this much before the window, its values are those of a recording that began earlier.
const LOOKBACK_MS = 600_000;
const LOOKBACK_STEPS = 10;

/**
 * Records one window of time with an extractor of its own, so that the result depends on nothing but the samples in and shortly before the window:
 * whether earlier windows were recorded by this process or by one that was killed makes no difference. Gives the number of parts written.
 */
export const recordWindow = async ({ source, catalog }: WindowDeps, window: Window, signal: AbortSignal): Promise<number> => {
  const { startMs, endMs, stepMs } = window;
  const extractor = createFeatureExtractor(catalog, { pace: 'grid', stepMs });
  const buffer = createSampleBuffer();
  let parts = 0;
  const spill = async (): Promise<void> => {
    if (buffer.samples === 0) return;
    await writePart(window.partPath(parts), toBlocks(buffer.drain()));
    parts++;
  };
  const request = { selectors: extractor.selectors, startMs: startMs - Math.max(LOOKBACK_MS, LOOKBACK_STEPS * stepMs), endMs };
  for await (const slice of source.readSlices(request, signal)) {
    extractor.push(slice.results);
    for (const frames of extractor.advance(Math.min(slice.endMs, endMs - 1))) {
      for (const frame of frames) if (frame.timeMs >= startMs && frame.timeMs < endMs) buffer.add(frame);
      if (buffer.samples >= window.maxSamples) await spill();
    }
  }
  await spill();
  return parts;
};
