import type { DashboardJson, PanelJson } from '../../test/synth/dashboard-queries.ts';
import { type DrawnSeries, formatValue } from './panel-data.ts';
import { colourOf, heatmapSvg, linesSvg, markupOf, timelineSvg, type Window } from './panel-svg.ts';

export const PAGE_WIDTH = 1320;
/** Grafana's grid: 24 columns, rows of 30 pixels with 8 between them. */
const COLUMN = PAGE_WIDTH / 24;
const ROW = 34;
const MAX_ROWS = 8;
/** The name of the value among the columns of a table, as Grafana has it. */
const VALUE = 'Value';

const STYLE = `body{margin:0;background:#111217;color:#d8d9da;font:12px sans-serif;position:relative}
.panel{position:absolute;box-sizing:border-box;background:#181b1f;border:1px solid #2c3235;overflow:hidden}
.title{padding:5px 8px;font-weight:bold;white-space:nowrap}.row{position:absolute;font-size:14px;font-weight:bold;padding:8px}
.stat{font-size:26px;text-align:center;padding-top:14px}.none{color:#8e8e8e;text-align:center;padding-top:18px}
svg text{fill:#9fa7b3;font-size:10px}.grid{stroke:#2c3235}.legend{padding:0 8px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;font-size:10px}
table{width:100%;border-collapse:collapse}td,th{padding:2px 8px;text-align:left;border-bottom:1px solid #2c3235;white-space:nowrap}`;

interface TableSettings {
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: { readonly indexByName?: Readonly<Record<string, number>>; readonly renameByName?: Readonly<Record<string, string>> };
  }[];
}

/** The columns that the panel chooses, in its order and under its names. */
const table = ({ transformations }: TableSettings, series: readonly DrawnSeries[], unit: string | undefined): string => {
  const { indexByName = {}, renameByName = {} } = transformations?.find(({ id }) => id === 'organize')?.options ?? {};
  const columns = Object.keys(indexByName).sort((a, b) => (indexByName[a] ?? 0) - (indexByName[b] ?? 0));
  const sorted = [...series].sort((a, b) => (b.points[0]?.[1] ?? 0) - (a.points[0]?.[1] ?? 0)).slice(0, MAX_ROWS);
  const cell = ({ labels, points }: DrawnSeries, name: string): string =>
    name === VALUE ? formatValue(points[0]?.[1] ?? Number.NaN, unit) : (labels[name] ?? '');
  const cells = (one: DrawnSeries): string => columns.map((name) => `<td>${markupOf(cell(one, name))}</td>`).join('');
  const head = columns.map((name) => `<th>${markupOf(renameByName[name] ?? name)}</th>`).join('');
  return `<table><tr>${head}</tr>${sorted.map((one) => `<tr>${cells(one)}</tr>`).join('')}</table>`;
};

interface StatSettings {
  readonly options?: { readonly textMode?: string };
  readonly fieldConfig?: {
    readonly defaults: { readonly mappings?: readonly { readonly options: Readonly<Record<string, { readonly text?: string }>> }[] };
  };
}

/** The one text of a stat: the name of its series, the words for its value, or the value. */
const statText = (panel: PanelJson & StatSettings, series: DrawnSeries | undefined, unit: string | undefined): string => {
  const value = series?.points.at(-1)?.[1] ?? 0;
  if (panel.options?.textMode === 'name') return series?.name ?? '';
  const words = panel.fieldConfig?.defaults.mappings?.map(({ options }) => options[String(value)]?.text).find((text) => text !== undefined);
  return words ?? formatValue(value, unit);
};

const body = (panel: PanelJson & TableSettings, series: readonly DrawnSeries[], width: number, height: number, window: Window): string => {
  const unit = panel.fieldConfig?.defaults.unit;
  const filled = series.filter(({ points }) => points.length > 0);
  const nothing = `<div class="none">${markupOf(panel.fieldConfig?.defaults.noValue ?? 'no data')}</div>`;
  if (filled.length === 0) return nothing;
  const size = { width: width - 12, height: height - 46 };
  switch (panel.type) {
    case 'stat':
      return `<div class="stat">${markupOf(statText(panel, filled[0], unit))}</div>`;
    case 'table':
      return table(panel, filled, unit);
    case 'state-timeline':
      return timelineSvg(filled, { ...size, height: height - 30 }, window);
    case 'heatmap':
      return heatmapSvg(filled, { ...size, height: height - 30 }, window);
    default: {
      const names = filled
        .slice(0, Math.floor(width / 130))
        .map(({ name }, i) => `<span style="color:${colourOf(i)}">■</span> ${markupOf(name.slice(0, 40))} `);
      return `${linesSvg(filled, size, window, unit)}<div class="legend">${names.join('')}</div>`;
    }
  }
};

/** A page that looks much like the dashboard in Grafana: the same grid, panels, queries and units; `data` are the series of each panel by its id. */
export const dashboardPage = (dashboard: DashboardJson, data: ReadonlyMap<number, readonly DrawnSeries[]>, window: Window): string => {
  const bottom = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  const panels = dashboard.panels.map((panel) => {
    const { x, y, w, h } = panel.gridPos;
    const [width, height] = [w * COLUMN - 8, h * ROW - 8];
    const place = `left:${x * COLUMN + 4}px;top:${y * ROW + 4}px;width:${width}px;height:${height}px`;
    if (panel.type === 'row') return `<div class="row" style="${place}">${markupOf(panel.title)}</div>`;
    return `<div class="panel" style="${place}"><div class="title">${markupOf(panel.title)}</div>${body(panel, data.get(panel.id) ?? [], width, height, window)}</div>`;
  });
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><body style="width:${PAGE_WIDTH}px;height:${bottom * ROW}px">${panels.join('')}</body>`;
};
