import type { Series } from '../../conventions/index.ts';

type Samples = Pick<Series, 'timesMs' | 'values'>;

/** All samples of the pieces in rising time; of several at one time the first that came is kept. */
export const mergeByTime = (pieces: readonly Samples[]): Samples => {
  const length = pieces.reduce((sum, { timesMs }) => sum + timesMs.length, 0);
  const allTimes = new Float64Array(length);
  const allValues = new Float64Array(length);
  let at = 0;
  for (const { timesMs, values } of pieces) {
    allTimes.set(timesMs, at);
    allValues.set(values, at);
    at += timesMs.length;
  }
  const order = Uint32Array.from({ length }, (_, i) => i).sort((a, b) => allTimes[a]! - allTimes[b]! || a - b);
  const timesMs = new Float64Array(length);
  const values = new Float64Array(length);
  let to = 0;
  for (const i of order) {
    const time = allTimes[i]!;
    if (to > 0 && timesMs[to - 1] === time) continue;
    timesMs[to] = time;
    values[to] = allValues[i]!;
    to++;
  }
  return { timesMs: timesMs.subarray(0, to), values: values.subarray(0, to) };
};
