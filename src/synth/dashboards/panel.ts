import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';

/** Width of Grafana's grid. */
export const GRID_WIDTH = 24;

/** Every panel and query asks the data source that the reader chose; `$name` without braces survives Flux. */
export const DATASOURCE = { type: 'prometheus', uid: '$datasource' } as const;

/** A panel with its size; the dashboard finds its place. */
export interface SizedPanel {
  readonly width: number;
  readonly height: number;
  readonly panel: (place: { x: number; y: number; w: number; h: number }) => Builder<Panel>;
}

export interface Query {
  readonly expr: string;
  /** Legend, with label names in double braces. */
  readonly legend?: string;
  readonly instant?: boolean;
  readonly format?: 'table' | 'heatmap';
}

export interface PanelText {
  readonly title: string;
  readonly description: string;
}

const FORMATS = { table: PromQueryFormat.Table, heatmap: PromQueryFormat.Heatmap };

/** Queries with their letters: A, B, C. */
export const targets = (queries: readonly Query[]): Builder<Dataquery>[] =>
  queries.map(({ expr, legend, instant, format }, i) => {
    const query = new DataqueryBuilder()
      .datasource(DATASOURCE)
      .refId(String.fromCharCode('A'.charCodeAt(0) + i))
      .expr(expr)
      .format(format ? FORMATS[format] : PromQueryFormat.TimeSeries);
    if (legend !== undefined) query.legendFormat(legend);
    return instant ? query.instant() : query.range();
  });
