import { type DrawnSeries, formatValue } from './panel-data.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Window {
  readonly start: number;
  readonly end: number;
}

const COLOURS = ['#7eb26d', '#eab839', '#6ed0e0', '#ef843c', '#e24d42', '#1f78c1', '#ba43a9', '#705da0', '#508642', '#cca300'];
export const colourOf = (i: number): string => COLOURS[i % COLOURS.length] ?? '#888';
/** Bounds of a score, as the dashboards colour it. */
const scoreColour = (value: number): string => (value >= 1 ? '#e24d42' : value >= 0.5 ? '#eab839' : '#3f6833');

export const markupOf = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const LEFT = 72;
const BOTTOM = 16;

/** Lines over time with three marks on the axis. */
export const linesSvg = (series: readonly DrawnSeries[], { width, height }: Size, { start, end }: Window, unit?: string): string => {
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  const low = Math.min(0, ...values);
  const most = Math.max(...values);
  // A line at zero lies on an axis up to one, as in Grafana.
  const high = most > low ? most : low + 1;
  const x = (time: number): number => LEFT + ((time - start) / (end - start)) * (width - LEFT - 4);
  const y = (value: number): number => 4 + (1 - (value - low) / (high - low)) * (height - BOTTOM - 8);
  const marks = [low, (low + high) / 2, high].map(
    (value) =>
      `<line x1="${LEFT}" x2="${width}" y1="${y(value)}" y2="${y(value)}" class="grid"/><text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${markupOf(formatValue(value, unit))}</text>`,
  );
  const lines = series.map(
    ({ points }, i) =>
      `<polyline fill="none" stroke="${colourOf(i)}" stroke-width="1.5" points="${points.map(([time, value]) => `${x(time).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}"/>`,
  );
  const seconds = Math.round(end - start);
  const times = `<text x="${LEFT}" y="${height - 3}">-${seconds} s</text><text x="${width - 4}" y="${height - 3}" text-anchor="end">now</text>`;
  return `<svg width="${width}" height="${height}">${marks.join('')}${lines.join('')}${times}</svg>`;
};

/** One row of coloured stretches per series. */
export const timelineSvg = (series: readonly DrawnSeries[], { width, height }: Size, { start, end }: Window): string => {
  const row = Math.min(26, (height - BOTTOM) / Math.max(series.length, 1));
  const left = 170;
  const x = (time: number): number => left + ((time - start) / (end - start)) * (width - left - 4);
  const rows = series.map(({ name, points }, i) => {
    const cells = points.map(([time, value], k) => {
      const until = points[k + 1]?.[0] ?? end;
      return `<rect x="${x(time).toFixed(1)}" y="${i * row + 2}" width="${Math.max(x(until) - x(time), 1).toFixed(1)}" height="${row - 4}" fill="${scoreColour(value)}"/>`;
    });
    return `<text x="${left - 8}" y="${i * row + row / 2 + 4}" text-anchor="end">${markupOf(name)}</text>${cells.join('')}`;
  });
  return `<svg width="${width}" height="${height}">${rows.join('')}</svg>`;
};

/** Buckets of a histogram over time: the more, the brighter. Series are cumulative, by `le`. */
export const heatmapSvg = (series: readonly DrawnSeries[], { width, height }: Size, { start, end }: Window): string => {
  const bound = ({ labels }: DrawnSeries): number => (labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le));
  const sorted = [...series].sort((a, b) => bound(a) - bound(b));
  const row = (height - BOTTOM) / Math.max(sorted.length, 1);
  const x = (time: number): number => LEFT + ((time - start) / (end - start)) * (width - LEFT - 4);
  const own = sorted.map(({ points }, i) =>
    points.map(([time, value], k) => [time, value - (sorted[i - 1]?.points[k]?.[1] ?? 0)] as const),
  );
  const most = Math.max(1e-9, ...own.flat().map(([, value]) => value));
  const cells = own.flatMap((points, i) =>
    points.map(([time, value], k) => {
      const until = points[k + 1]?.[0] ?? end;
      const shade = Math.sqrt(Math.max(value, 0) / most);
      return `<rect x="${x(time).toFixed(1)}" y="${(sorted.length - 1 - i) * row}" width="${Math.max(x(until) - x(time), 1).toFixed(1)}" height="${row - 1}" fill="rgba(239,132,60,${shade.toFixed(2)})"/>`;
    }),
  );
  const marks = sorted.map(
    (one, i) =>
      `<text x="${LEFT - 6}" y="${(sorted.length - 1 - i) * row + row / 2 + 4}" text-anchor="end">${markupOf(one.labels.le ?? '')}</text>`,
  );
  return `<svg width="${width}" height="${height}">${marks.join('')}${cells.join('')}</svg>`;
};
