import { type ClassicDetector, scoreEach } from './rows.ts';

/** The square root of the rows, as the paper advises, within these. */
const BINS = { least: 5, most: 50 } as const;
/** What an empty bin holds, in rows: none would make one odd value outweigh all columns. */
const EMPTY = 0.5;

interface Histogram {
  readonly low: number;
  readonly binWidth: number;
  /** -log10 of a bin's share, the fullest bin being 0. */
  readonly surprises: Float64Array;
  /** Outside of all bins. */
  readonly beyond: number;
}

const createHistogram = (values: Float32Array, bins: number): Histogram => {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const binWidth = (high - low) / bins || 1;
  const counts = new Float64Array(bins);
  for (const value of values) counts[Math.min(bins - 1, Math.floor((value - low) / binWidth))]! += 1;
  const fullest = counts.reduce((a, b) => Math.max(a, b));
  return {
    low,
    binWidth,
    surprises: counts.map((count) => Math.log10(fullest / Math.max(count, EMPTY))),
    beyond: Math.log10(fullest / EMPTY),
  };
};

/**
 * Histogram-based outlier score (Goldstein and Dengel, 2012): the columns' -log10 shares, added as if they were independent. Beyond the outermost bin
 * it goes on growing with the logarithm of the distance in widths of the histogram; the paper leaves that open.
 */
export const histogramScore: ClassicDetector = {
  id: 'hbos',
  fit: ({ count, width, data }) => {
    const bins = Math.max(BINS.least, Math.min(BINS.most, Math.round(Math.sqrt(count))));
    const histograms = Array.from({ length: width }, (_, column) =>
      createHistogram(
        Float32Array.from({ length: count }, (_row, row) => data[row * width + column]!),
        bins,
      ),
    );
    return {
      score: scoreEach((values, offset) => {
        let sum = 0;
        for (const [column, { low, binWidth, surprises, beyond }] of histograms.entries()) {
          const place = (values[offset + column]! - low) / binWidth;
          const outside = Math.max(-place, place - bins, 0);
          sum += outside > 0 ? beyond + Math.log10(1 + outside / bins) : surprises[Math.min(bins - 1, Math.floor(place))]!;
        }
        return sum;
      }),
    };
  },
};
