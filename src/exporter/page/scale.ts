/** Maps a range of values to a range of pixels. */
export type Scale = (value: number) => number;

export const linear = (from: number, to: number, atFrom: number, atTo: number): Scale => {
  const span = to - from || 1;
  return (value) => atFrom + ((value - from) / span) * (atTo - atFrom);
};

const round = (pixel: number): string => pixel.toFixed(1);

/** Lines through points in rising time, broken where a value is missing or more time passes than `breakMs`. */
export const polylines = (
  points: readonly (readonly [timeMs: number, value: number])[],
  x: Scale,
  y: Scale,
  breakMs: number,
): readonly string[] => {
  const lines: string[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const [timeMs, value] of points) {
    if (Number.isNaN(value)) continue;
    if (timeMs - before > breakMs) lines.push([]);
    lines.at(-1)?.push(`${round(x(timeMs))},${round(y(value))}`);
    before = timeMs;
  }
  return lines.map((line) => line.join(' '));
};

/** Closed outline between two edges. */
export const outline = (edges: readonly (readonly [timeMs: number, lower: number, upper: number])[], x: Scale, y: Scale): string => {
  const top = edges.map(([timeMs, , upper]) => `${round(x(timeMs))},${round(y(upper))}`);
  const bottom = edges.map(([timeMs, lower]) => `${round(x(timeMs))},${round(y(lower))}`).reverse();
  return [...top, ...bottom].join(' ');
};

/** Whole steps of the clock inside a range, at most `most`. */
export const timeTicks = (fromMs: number, toMs: number, most = 8): readonly number[] => {
  const minutes = [1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440].map((one) => one * 60_000);
  const stepMs = minutes.find((one) => (toMs - fromMs) / one <= most) ?? 86_400_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(fromMs / stepMs) * stepMs; at <= toMs; at += stepMs) ticks.push(at);
  return ticks;
};
