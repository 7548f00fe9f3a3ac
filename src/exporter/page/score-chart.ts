import { ALERT_BOUNDARY } from '../../conventions/index.ts';
import { type Html, html } from '../../web/index.ts';
import type { HistoryPoint } from '../board/score-history.ts';
import { clockTime } from './format.ts';
import { linear, polylines, type Scale, timeTicks } from './scale.ts';

const WIDTH = 960;
const HEIGHT = 240;
const INSET = { left: 44, right: 12, top: 14, bottom: 26 };

export interface ScoreChartInput {
  readonly points: readonly HistoryPoint[];
  readonly spans: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly fromMs: number;
  readonly toMs: number;
  /** The instant that is explained. */
  readonly atMs: number;
  readonly stepMs: number;
}

/** The lower half is linear up to the boundary, the upper half logarithmic above it: both 0.8 and 30 can be read. */
const scoreScale = (top: number, low: number, high: number): Scale => {
  const middle = (low + high) / 2;
  return (score) =>
    score <= ALERT_BOUNDARY
      ? low + (score / ALERT_BOUNDARY) * (middle - low)
      : middle + (Math.log(score / ALERT_BOUNDARY) / Math.log(top / ALERT_BOUNDARY)) * (high - middle);
};

/** Least top of the chart, so that a quiet workload does not look loud. */
const LEAST_TOP = 2;

export const scoreChart = ({ points, spans, fromMs, toMs, atMs, stepMs }: ScoreChartInput): Html => {
  const right = WIDTH - INSET.right;
  const bottom = HEIGHT - INSET.bottom;
  const top = Math.max(LEAST_TOP, ...points.map(({ score }) => (Number.isNaN(score) ? 0 : score * 1.05)));
  const x = linear(fromMs, toMs, INSET.left, right);
  const y = scoreScale(top, bottom, INSET.top);
  const pixel = (value: number): string => value.toFixed(1);
  const levels = [0, 0.5, ALERT_BOUNDARY, Number(top.toPrecision(2))];
  const clamp = (ms: number): number => Math.min(toMs, Math.max(fromMs, ms));
  const shown = spans.filter((span) => span.toMs >= fromMs && span.fromMs <= toMs);
  const at = points.findLast((point) => point.timeMs <= atMs && !Number.isNaN(point.score));
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Score over time, with the alert boundary at 1">
${shown.map((span) => html`<rect class="firing" x="${pixel(x(clamp(span.fromMs)))}" y="${INSET.top}" width="${pixel(Math.max(2, x(clamp(span.toMs)) - x(clamp(span.fromMs))))}" height="${bottom - INSET.top}"><title>${`alert from ${clockTime(span.fromMs)} to ${clockTime(span.toMs)} UTC`}</title></rect>`)}
${levels.map((level) => html`<line class="${level === ALERT_BOUNDARY ? 'boundary' : 'grid'}" x1="${INSET.left}" x2="${right}" y1="${pixel(y(level))}" y2="${pixel(y(level))}"/><text class="tick" x="${INSET.left - 8}" y="${pixel(y(level) + 4)}" text-anchor="end">${level}</text>`)}
${timeTicks(fromMs, toMs).map((ms) => html`<text class="tick" x="${pixel(x(ms))}" y="${HEIGHT - 8}" text-anchor="middle">${clockTime(ms)}</text>`)}
${polylines(
  points.map(({ timeMs, score }) => [timeMs, score] as const),
  x,
  y,
  3 * stepMs,
).map((line) => html`<polyline class="line" points="${line}"/>`)}
<line class="now" x1="${pixel(x(atMs))}" x2="${pixel(x(atMs))}" y1="${INSET.top}" y2="${bottom}"/>
${at && at.timeMs >= fromMs && html`<circle class="${at.score >= ALERT_BOUNDARY ? 'dot hot' : 'dot'}" cx="${pixel(x(at.timeMs))}" cy="${pixel(y(at.score))}" r="4"/>`}
</svg>`;
};

const SPARK = { width: 120, height: 26 };

/** The last hour of a score, small enough for a table. */
export const sparkline = (points: readonly HistoryPoint[], fromMs: number, toMs: number, stepMs: number): Html => {
  const top = Math.max(LEAST_TOP, ...points.map(({ score }) => (Number.isNaN(score) ? 0 : score)));
  const x = linear(fromMs, toMs, 1, SPARK.width - 1);
  const y = scoreScale(top, SPARK.height - 2, 2);
  const pairs = points.map(({ timeMs, score }) => [timeMs, score] as const);
  const boundary = y(ALERT_BOUNDARY).toFixed(1);
  return html`<svg class="spark" viewBox="0 0 ${SPARK.width} ${SPARK.height}" aria-hidden="true"><line class="boundary" x1="0" x2="${SPARK.width}" y1="${boundary}" y2="${boundary}"/>${polylines(pairs, x, y, 3 * stepMs).map((line) => html`<polyline class="line" points="${line}"/>`)}</svg>`;
};
