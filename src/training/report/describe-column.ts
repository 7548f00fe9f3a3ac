/** How one metric of a recording is distributed, over all its workloads. */
export interface ColumnReport {
  readonly name: string;
  readonly samples: number;
  /** Frames without a value. */
  readonly missing: number;
  /** Values of the file that are no numbers; they are left out. */
  readonly nan: number;
  readonly infinite: number;
  readonly distinct: number;
  readonly isConstant: boolean;
  /** Smallest, 1 %, median, 99 % and largest. */
  readonly quantiles: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  /** Share of values more than 6 deviations (by the median deviation) from the median of their workload. */
  readonly outlierShare: number;
  /** Values from the 1 % to the 99 % quantile in bins of equal width. */
  readonly histogram: readonly number[];
  /** How well its distance from the workload's median tells samples in events from others: ROC-AUC; undefined without both. */
  readonly auc: number | undefined;
  /** What the leakage audit says of it, and copies. */
  readonly warnings: readonly string[];
}

const BINS = 20;
/** A normal sample lies that far out once in 500 million. */
const OUTLIER = 6;
/** Median absolute deviation of a normal distribution, in standard deviations. */
const MAD = 0.6745;

export const quantileOf = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;

/** Distance of each value from its workload's median, in robust deviations; NaN stays NaN. */
export const robustDistances = (values: Float64Array): Float64Array => {
  const known = values.filter(Number.isFinite).sort();
  const median = quantileOf(known, 0.5);
  const mad = quantileOf(known.map((x) => Math.abs(x - median)).sort(), 0.5);
  const deviation = Math.sqrt(known.reduce((sum, x) => sum + (x - median) ** 2, 0) / Math.max(1, known.length));
  // Half of the values are equal: the spread of all is the only scale there is.
  const scale = mad > 0 ? mad / MAD : deviation > 0 ? deviation : 1;
  return values.map((x) => Math.abs(x - median) / scale);
};

/** The plain facts of a column; `values` of all workloads, `distances` in the same order. */
export const describeColumn = (
  values: Float64Array,
  distances: Float64Array,
): Omit<ColumnReport, 'name' | 'nan' | 'infinite' | 'auc' | 'warnings'> => {
  const sorted = values.filter(Number.isFinite).sort();
  const samples = sorted.length;
  const mean = sorted.reduce((sum, x) => sum + x, 0) / Math.max(1, samples);
  const deviation = Math.sqrt(sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, samples));
  let distinct = 0;
  for (let i = 0; i < samples; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
  const [low, high] = [quantileOf(sorted, 0.01), quantileOf(sorted, 0.99)];
  const histogram = Array.from({ length: BINS }, () => 0);
  for (const x of sorted) {
    if (x < low || x > high) continue;
    histogram[high > low ? Math.min(BINS - 1, Math.floor((BINS * (x - low)) / (high - low))) : 0]! += 1;
  }
  return {
    samples,
    missing: values.length - samples,
    distinct,
    isConstant: distinct <= 1,
    quantiles: [0, 0.01, 0.5, 0.99, 1].map((share) => quantileOf(sorted, share)),
    mean,
    deviation,
    outlierShare: distances.filter((x) => x > OUTLIER).length / Math.max(1, samples),
    histogram,
  };
};

/** Pearson's correlation over rows where both have a value; 0 where one of them never moves. */
export const correlationOf = (a: Float64Array, b: Float64Array): number => {
  let [n, sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0, 0];
  // Shifted by a first value, so that large levels do not eat the digits.
  const [a0, b0] = [a.find(Number.isFinite) ?? 0, b.find(Number.isFinite) ?? 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - a0, b[i]! - b0];
    if (!Number.isFinite(x + y)) continue;
    n++;
    sa += x;
    sb += y;
    saa += x * x;
    sbb += y * y;
    sab += x * y;
  }
  const [va, vb] = [saa - (sa * sa) / n, sbb - (sb * sb) / n];
  return va > 1e-12 * saa && vb > 1e-12 * sbb ? (sab - (sa * sb) / n) / Math.sqrt(va * vb) : 0;
};
