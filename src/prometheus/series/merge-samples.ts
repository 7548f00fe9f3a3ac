import type { Series } from '../../conventions/index.ts';

export type Samples = Pick<Series, 'timesMs' | 'values'>;

/** The samples of all pieces, one behind the other. */
export const concat = (pieces: readonly Samples[]): Samples => ({
  timesMs: joined(pieces.map(({ timesMs }) => timesMs)),
  values: joined(pieces.map(({ values }) => values)),
});

const joined = (parts: readonly Float64Array[]): Float64Array => {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** The samples in rising time; of several at one time the first that came is kept. */
export const mergeByTime = (samples: Samples): Samples => {
  const { length } = samples.timesMs;
  const order = Uint32Array.from({ length }, (_, i) => i).sort((a, b) => samples.timesMs[a]! - samples.timesMs[b]! || a - b);
  const timesMs = new Float64Array(length);
  const values = new Float64Array(length);
  let to = 0;
  for (const i of order) {
    const time = samples.timesMs[i]!;
    if (to > 0 && timesMs[to - 1] === time) continue;
    timesMs[to] = time;
    values[to] = samples.values[i]!;
    to++;
  }
  return { timesMs: timesMs.subarray(0, to), values: values.subarray(0, to) };
};
