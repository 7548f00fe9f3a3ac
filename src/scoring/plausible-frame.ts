import type { WorkloadFrame } from '../conventions/index.ts';

/** Beyond this a value is an overflow somewhere, not a measurement. Squares of what is left are finite, and so are single-precision tables. */
export const LARGEST_VALUE = 1e30;

const isPlausible = (x: number): boolean => (x <= LARGEST_VALUE && x >= -LARGEST_VALUE) || Number.isNaN(x);

const areAllPlausible = (values: Float64Array): boolean => {
  for (let i = 0; i < values.length; i++) if (!isPlausible(values[i]!)) return false;
  return true;
};

const plausible = (values: Float64Array): Float64Array =>
  areAllPlausible(values) ? values : values.map((x) => (isPlausible(x) ? x : Number.NaN));

/** The frame with its absurd values missing, of the workload and of each pod; the frame itself where there is none. */
export const plausibleFrame = (frame: WorkloadFrame): WorkloadFrame => {
  const { values, pods } = frame;
  if (areAllPlausible(values) && !pods?.some((pod) => !areAllPlausible(pod.values))) return frame;
  return {
    ...frame,
    values: plausible(values),
    ...(pods ? { pods: pods.map((pod) => ({ ...pod, values: plausible(pod.values) })) } : {}),
  };
};
