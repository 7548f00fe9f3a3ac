import { formatVerdict } from '../../evaluation/index.ts';
import type { DataReport, Timeline } from './data-report.ts';
import type { ColumnReport } from './describe-column.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** Names and kinds come from files. */
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char]!);
const short = (x: number | undefined): string => (x === undefined || Number.isNaN(x) ? '-' : String(Number(x.toPrecision(4))));
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

const WIDTH = 760;
const HEIGHT = 90;

const STYLE = `body{font:14px/1.5 system-ui,sans-serif;margin:2rem;color:#222;max-width:78rem}table{border-collapse:collapse}td,th{padding:.2rem .6rem;text-align:right;border-bottom:1px solid #ddd}td:first-child,th:first-child{text-align:left}.warn{color:#a40}svg{background:#fafafa;display:block;margin:.2rem 0 1rem}pre{background:#f4f4f4;padding:.6rem}`;

const bars = (histogram: readonly number[]): string => {
  const most = Math.max(1, ...histogram);
  const rects = histogram.map(
    (count, i) =>
      `<rect x="${i * 5}" y="${(24 - (24 * count) / most).toFixed(1)}" width="4" height="${((24 * count) / most).toFixed(1)}" fill="#47a"/>`,
  );
  return `<svg width="100" height="24" role="img" aria-label="distribution">${rects.join('')}</svg>`;
};

const columnRow = (column: ColumnReport): string => {
  const cells = [
    escapeHtml(column.name),
    String(column.samples),
    String(column.missing),
    `${column.nan}, ${column.infinite}`,
    column.isConstant ? 'constant' : String(column.distinct),
    ...column.quantiles.map(short),
    short(column.mean),
    short(column.deviation),
    percent(column.outlierShare),
    short(column.auc),
    bars(column.histogram),
    `<span class="warn">${column.warnings.map(escapeHtml).join('<br>')}</span>`,
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
};

const drawTimeline = ({ workload, metric, times, values, events }: Timeline): string => {
  const [from, to] = [times[0] ?? 0, times.at(-1) ?? 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (time: number): number => (WIDTH * (time - from)) / Math.max(1, to - from);
  const y = (value: number): number => (high > low ? HEIGHT - (HEIGHT * (value - low)) / (high - low) : HEIGHT / 2);
  const spans = events.map(
    (event) =>
      `<rect x="${x(event.from).toFixed(1)}" y="0" width="${Math.max(1, x(event.to) - x(event.from)).toFixed(1)}" height="${HEIGHT}" fill="#e85" opacity=".35"><title>${escapeHtml(event.kind ?? 'event')}</title></rect>`,
  );
  const points = times.map((time, i) => `${x(time).toFixed(1)},${y(values[i]!).toFixed(1)}`).join(' ');
  return `<h3>${escapeHtml(metric)} of ${escapeHtml(workload)}, ${short(low)} to ${short(high)}</h3><svg width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escapeHtml(metric)}">${spans.join('')}<polyline points="${points}" fill="none" stroke="#247" stroke-width="1"/></svg>`;
};

const HEADS = [
  'metric',
  'samples',
  'missing',
  'NaN, infinite',
  'distinct',
  'least',
  '1 %',
  'median',
  '99 %',
  'largest',
  'mean',
  'deviation',
  'outliers',
  'AUC',
  '',
  '',
];

const section = (report: DataReport): string =>
  [
    `<h2>${escapeHtml(report.file)}</h2>`,
    `<p>${report.workloads} workloads, ${report.frames} frames, ${report.duplicateFrames} of them repeat an earlier one, ${report.events} labelled events.</p>`,
    report.audit ? `<pre>${escapeHtml(formatVerdict(report.audit))}</pre>` : '',
    `<table><tr>${HEADS.map((head) => `<th>${head}</th>`).join('')}</tr>${report.columns.map(columnRow).join('')}</table>`,
    report.ranked.length > 0 ? `<p>Tell events apart, best first: ${report.ranked.map(escapeHtml).join(', ')}.</p>` : '',
    `<h3>Strongest correlations</h3><table>${report.correlations.map(({ a, b, correlation }) => `<tr><td>${escapeHtml(a)}</td><td>${escapeHtml(b)}</td><td>${correlation.toFixed(3)}</td></tr>`).join('')}</table>`,
    ...report.timelines.map(drawTimeline),
  ].join('\n');

/** The reports as one page without scripts. */
export const reportPage = (reports: readonly DataReport[]): string =>
  `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Training data</title><style>${STYLE}</style>\n<h1>Training data</h1>\n${reports.map(section).join('\n')}\n</html>\n`;
