import { BellwetherError } from '../../platform/index.ts';
import type { ReadRequest } from '../series-source.ts';
import { createSlicer } from './time-slices.ts';

const HOUR_MS = 3_600_000;
const settings = { sliceBytes: 16_000, firstSliceMs: HOUR_MS, maxSliceMs: 4 * HOUR_MS };
const request: ReadRequest = { selectors: [], startMs: 0, endMs: 24 * HOUR_MS };
const stats = { series: 0, staleMarkers: 0, droppedSamples: 0, histogramSamples: 0, duplicateSeries: 0 };

/** Slices of a read in which a millisecond holds `density` samples. */
const slicesOf = async (density: (request: ReadRequest) => number, over: Partial<typeof settings> = {}) => {
  const asked: [number, boolean][] = [];
  const slicer = createSlicer({ ...settings, ...over }, async (part, resample) => {
    const spanMs = part.endMs - part.startMs + 1;
    asked.push([spanMs, resample]);
    return { rung: 'streamed', results: [], stats: { ...stats, samples: Math.round(spanMs * density(part)) } };
  });
  const slices: (readonly [number, number])[] = [];
  for await (const { startMs, endMs } of slicer(request)) slices.push([startMs, endMs]);
  return { slices, asked };
};

describe('createSlicer', () => {
  it('covers the range without a gap or an overlap', async () => {
    const { slices } = await slicesOf(() => 2000 / HOUR_MS);
    expect(slices[0]![0]).toBe(0);
    expect(slices.at(-1)![1]).toBe(request.endMs);
    slices.slice(1).forEach(([from], i) => {
      expect(from).toBe(slices[i]![1] + 1);
    });
  });

  it('comes to slices of the size it aims at', async () => {
    // 2,000 samples of 16 bytes an hour: half an hour fills 16,000 bytes.
    const { asked } = await slicesOf(() => 2000 / HOUR_MS);
    expect(asked[0]![0]).toBe(HOUR_MS);
    expect(asked.slice(1, -1).every(([spanMs]) => Math.abs(spanMs - HOUR_MS / 2) < 1000)).toBe(true);
  });

  it('grows over quiet hours at most twice at a time, up to its longest', async () => {
    const { asked } = await slicesOf(() => 0);
    expect(asked.map(([spanMs]) => Math.round(spanMs / HOUR_MS))).toEqual([1, 2, 4, 4, 4, 4, 4, 1]);
  });

  it('halves a slice that goes beyond a limit, and asks for resampled values only at the shortest', async () => {
    const limit = new BellwetherError('limit_exceeded', 'too much');
    const asked: [number, boolean][] = [];
    const slicer = createSlicer({ ...settings, firstSliceMs: 200_000 }, async ({ startMs, endMs }, resample) => {
      asked.push([endMs - startMs + 1, resample]);
      throw limit;
    });
    const first = slicer(request)[Symbol.asyncIterator]().next();
    await expect(first).rejects.toBe(limit);
    expect(asked).toEqual([
      [200_000, false],
      [100_000, false],
      [60_000, true],
    ]);
  });

  it('ends with any other error', async () => {
    const gone = new BellwetherError('upstream_unavailable', 'gone');
    const slicer = createSlicer(settings, () => Promise.reject(gone));
    await expect(slicer(request)[Symbol.asyncIterator]().next()).rejects.toBe(gone);
  });
});
