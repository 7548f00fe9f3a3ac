import { type Html, html } from '../../web/index.ts';
import type { MetricHistory } from '../api/explanation.ts';
import { clockTime, formatValue } from './format.ts';
import { linear, outline, polylines, timeTicks } from './scale.ts';

const WIDTH = 330;
const HEIGHT = 120;
const INSET = { left: 6, right: 6, top: 8, bottom: 18 };

export interface BandChartInput {
  readonly metric: MetricHistory;
  readonly fromMs: number;
  readonly toMs: number;
  readonly atMs: number;
  readonly stepMs: number;
}

type Edge = readonly [timeMs: number, lower: number, upper: number];

/** A bound that is not finite or lies far off is drawn at the edge of the chart; what is never below zero has no room below it. */
const range = (observed: readonly number[], edges: readonly Edge[]): readonly [low: number, high: number] => {
  const seen = observed.filter(Number.isFinite);
  const [least, most] = [Math.min(...seen), Math.max(...seen)];
  const reach = Math.max(most - least, Math.abs(most) * 0.05, Number.MIN_VALUE);
  const near = edges.flatMap(([, lower, upper]) => [lower, upper]).filter((one) => one > least - 2 * reach && one < most + 2 * reach);
  const [low, high] = [Math.min(least, ...near), Math.max(most, ...near)];
  const margin = (high - low || Math.abs(high) || 1) * 0.08;
  return [least >= 0 ? Math.max(0, low - margin) : low - margin, high + margin];
};

/** The band is known where scores were explained. Before and after, the nearest one is drawn fainter: it moves slowly. */
const stretches = (
  edges: readonly Edge[],
  fromMs: number,
  toMs: number,
  breakMs: number,
): { readonly known: readonly Edge[][]; readonly assumed: readonly Edge[][] } => {
  const known: Edge[][] = [];
  const assumed: Edge[][] = [];
  const hold = ([, lower, upper]: Edge, a: number, b: number): Edge[] => [
    [a, lower, upper],
    [b, lower, upper],
  ];
  let before: Edge | undefined;
  for (const edge of edges) {
    if (!before) assumed.push(hold(edge, fromMs, edge[0]));
    else if (edge[0] - before[0] > breakMs) assumed.push(hold(before, before[0], edge[0]));
    if (!before || edge[0] - before[0] > breakMs) known.push([]);
    known.at(-1)?.push(edge);
    before = edge;
  }
  if (before) assumed.push(hold(before, before[0], toMs));
  return { known, assumed };
};

/** Half the width of a clock time. */
const LABEL_HALF = 16;

const timeLabel = (ms: number, at: number): Html => {
  const anchor = at < LABEL_HALF ? 'start' : at > WIDTH - LABEL_HALF ? 'end' : 'middle';
  return html`<text class="tick" x="${at.toFixed(1)}" y="${HEIGHT - 4}" text-anchor="${anchor}">${clockTime(ms)}</text>`;
};

/** A metric against the band in which it would not have been surprising. */
export const bandChart = ({ metric, fromMs, toMs, atMs, stepMs }: BandChartInput): Html => {
  const edges = metric.bands.map(({ timeMs, lower, upper }): Edge => [timeMs, lower, upper]).filter((edge) => edge.every(Number.isFinite));
  const [low, high] = range(
    metric.points.map(([, value]) => value),
    edges,
  );
  const bottom = HEIGHT - INSET.bottom;
  const x = linear(fromMs, toMs, INSET.left, WIDTH - INSET.right);
  const y = linear(low, high, bottom, INSET.top);
  const clip = (value: number): number => Math.min(high, Math.max(low, value));
  const inside = edges.map(([timeMs, lower, upper]): Edge => [timeMs, clip(lower), clip(upper)]);
  const { known, assumed } = stretches(inside, fromMs, Math.min(toMs, metric.points.at(-1)?.[0] ?? toMs), 3 * stepMs);
  const atX = x(atMs).toFixed(1);
  return html`<svg class="chart band-chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${`${metric.metric}: observed values and expected band`}">
${assumed.map((stretch) => html`<polygon class="band assumed" points="${outline(stretch, x, y)}"/>`)}
${known.map((stretch) => html`<polygon class="band" points="${outline(stretch, x, y)}"/>`)}
${polylines(metric.points, x, y, 3 * stepMs).map((line) => html`<polyline class="line" points="${line}"/>`)}
<line class="now" x1="${atX}" x2="${atX}" y1="${INSET.top}" y2="${bottom}"/>
<text class="tick" x="${INSET.left}" y="${INSET.top + 9}">${formatValue(high, metric.unit)}</text>
<text class="tick" x="${INSET.left}" y="${bottom - 3}">${formatValue(low, metric.unit)}</text>
${timeTicks(fromMs, toMs, 4).map((ms) => timeLabel(ms, x(ms)))}
</svg>`;
};
