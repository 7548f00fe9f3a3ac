import { type WorkloadFrame, workloadId } from '../../conventions/index.ts';

/** As in the online z baseline: memory, and samples before a deviation says anything. */
const DECAY = 0.996;
const WARM_UP = 10;

interface Past {
  readonly layout: WorkloadFrame['layout'];
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly seen: Uint32Array;
}

/** |z| of every metric of a frame against an exponentially forgetting mean and variance of the workload's own past; NaN where there is none. */
export const createDeviations = (): ((frame: WorkloadFrame) => Float64Array) => {
  const pasts = new Map<string, Past>();
  return ({ key, layout, values }) => {
    const id = workloadId(key);
    let past = pasts.get(id);
    if (past?.layout !== layout) {
      const width = layout.features.length;
      past = { layout, mean: new Float64Array(width), variance: new Float64Array(width), seen: new Uint32Array(width) };
      pasts.set(id, past);
    }
    const { mean, variance, seen } = past;
    return values.map((x, i) => {
      if (!Number.isFinite(x) || layout.features[i]!.unitClass === 'context') return Number.NaN;
      const difference = x - mean[i]!;
      const z = seen[i]! < WARM_UP ? Number.NaN : Math.abs(difference) / Math.sqrt(variance[i]! + 1e-18 + (1e-6 * mean[i]!) ** 2);
      const rate = Math.max(1 / (seen[i]! + 1), 1 - DECAY);
      mean[i]! += rate * difference;
      variance[i] = (1 - rate) * (variance[i]! + rate * difference * difference);
      seen[i]! += 1;
      return z;
    });
  };
};
