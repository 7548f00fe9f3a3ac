/** A half-open interval of time, `from <= t < to`, unix seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const HOUR = 3600;

/** Index of the first time that is not below `time`; times rise. */
export const firstAtOrAfter = (times: Float64Array, time: number): number => {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** 1 for every time inside at least one of the spans. */
export const maskOf = (times: Float64Array, spans: Iterable<Span>): Uint8Array => {
  const mask = new Uint8Array(times.length);
  for (const { from, to } of spans)
    mask.fill(1, firstAtOrAfter(times, from), Math.max(firstAtOrAfter(times, to), firstAtOrAfter(times, from)));
  return mask;
};

/** Every started hour counts one: the first time opens an hour, later ones within 3600 s belong to it, the next one opens a new hour. */
export const countStartedHours = (times: Iterable<number>): number => {
  let hours = 0;
  let until = -Infinity;
  for (const time of times) {
    if (time < until) continue;
    hours++;
    until = time + HOUR;
  }
  return hours;
};

/** What is left of a span without the others, each widened by `pad` seconds on both sides. */
export const subtractSpans = (span: Span, others: readonly Span[], pad: number): Span[] => {
  let left: Span[] = [span];
  for (const { from, to } of others) {
    left = left.flatMap((part) => {
      if (to + pad <= part.from || from >= part.to) return [part];
      const pieces: Span[] = [];
      if (from - pad > part.from) pieces.push({ from: part.from, to: from - pad });
      if (part.to > to + pad) pieces.push({ from: to + pad, to: part.to });
      return pieces;
    });
  }
  return left;
};
