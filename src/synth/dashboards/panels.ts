import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { DashboardLinkBuilder, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as HeatmapBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { DATASOURCE, GRID_WIDTH, type PanelText, type Query, type SizedPanel, targets } from './panel.ts';

/** Colours by value: the first from the least value on, the next from its bound on. */
export type Steps = readonly (readonly [from: number | null, color: string])[];

/** Below the boundary, near it, at or above it. */
export const SCORE_STEPS: Steps = [
  [null, 'green'],
  [0.5, 'yellow'],
  [1, 'red'],
];
const PLAIN: Steps = [[null, 'text']];

const thresholds = (steps: Steps): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps.map(([value, color]) => ({ value, color })));

/** One number, or with `name` the legend of its series. `none` is shown where the query gives nothing. */
export const stat = (
  text: PanelText,
  unit: string,
  query: Query,
  { steps = PLAIN, width = 4, none = '-', name = false }: { steps?: Steps; width?: number; none?: string; name?: boolean } = {},
): SizedPanel => ({
  width,
  height: 4,
  panel: (place) =>
    new StatBuilder()
      .title(text.title)
      .description(text.description)
      .datasource(DATASOURCE)
      .gridPos(place)
      .unit(unit)
      .noValue(none)
      .thresholds(thresholds(steps))
      .graphMode(BigValueGraphMode.None)
      .colorMode(BigValueColorMode.Value)
      .textMode(name ? BigValueTextMode.Name : BigValueTextMode.Value)
      .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
      .targets(targets([{ instant: true, ...query }])),
});

export interface SeriesOptions {
  readonly width?: number;
  readonly height?: number;
  readonly min?: number;
  readonly stacked?: boolean;
  readonly none?: string;
  /** Draws the series of the second legend as a band up to that of the third. */
  readonly band?: { readonly lower: string; readonly upper: string };
  readonly steps?: Steps;
}

/** Lines over time. */
export const series = (text: PanelText, unit: string, queries: readonly Query[], options: SeriesOptions = {}): SizedPanel => {
  const { width = 12, height = 8, stacked = false, none, band, steps, min } = options;
  return {
    width,
    height,
    panel: (place) => {
      const panel = new TimeseriesBuilder()
        .title(text.title)
        .description(text.description)
        .datasource(DATASOURCE)
        .gridPos(place)
        .unit(unit)
        .drawStyle(stacked ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
        .fillOpacity(stacked ? 70 : 8)
        .lineWidth(stacked ? 0 : 1)
        .showPoints(VisibilityMode.Never)
        .stacking(new StackingConfigBuilder().mode(stacked ? StackingMode.Normal : StackingMode.None))
        .legend(
          new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true).calcs([]),
        )
        .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
        .targets(targets(queries));
      if (min !== undefined) panel.min(min);
      if (none !== undefined) panel.noValue(none);
      if (steps) panel.thresholds(thresholds(steps));
      if (band) {
        panel.overrideByName(band.lower, [{ id: 'custom.lineWidth', value: 0 }]);
        panel.overrideByName(band.upper, [
          { id: 'custom.lineWidth', value: 0 },
          { id: 'custom.fillBelowTo', value: band.lower },
          { id: 'custom.fillOpacity', value: 20 },
        ]);
      }
      return panel;
    },
  };
};

/** Which series was in which state when; one row per series. */
export const timeline = (text: PanelText, query: Query, steps: Steps, height = 10): SizedPanel => ({
  width: GRID_WIDTH,
  height,
  panel: (place) =>
    new StateTimelineBuilder()
      .title(text.title)
      .description(text.description)
      .datasource(DATASOURCE)
      .gridPos(place)
      .unit('none')
      .decimals(2)
      .thresholds(thresholds(steps))
      .showValue(VisibilityMode.Never)
      .mergeValues(true)
      .rowHeight(0.8)
      .targets(targets([query])),
});

/** How a histogram shifts over time. */
export const heatmap = (text: PanelText, query: Query, width = 12): SizedPanel => ({
  width,
  height: 8,
  panel: (place) =>
    new HeatmapBuilder()
      .title(text.title)
      .description(text.description)
      .datasource(DATASOURCE)
      .gridPos(place)
      .unit('none')
      .calculate(false)
      .targets(targets([{ ...query, format: 'heatmap', legend: '{{le}}' }])),
});

export interface TableOptions {
  readonly width?: number;
  readonly height?: number;
  /** Label columns that are shown, in order; the value comes last. */
  readonly columns: readonly string[];
  readonly value: string;
  readonly unit: string;
  readonly steps?: Steps;
  readonly none?: string;
  /** Link of each row; `${__data.fields.NAME}` is a label of it. */
  readonly link?: { readonly title: string; readonly url: string };
}

/** The newest values as rows, largest first. */
export const table = (text: PanelText, query: Query, options: TableOptions): SizedPanel => {
  const { width = 12, height = 8, columns, value, unit, steps = PLAIN, none, link } = options;
  return {
    width,
    height,
    panel: (place) => {
      const panel = new TableBuilder()
        .title(text.title)
        .description(text.description)
        .datasource(DATASOURCE)
        .gridPos(place)
        .unit(unit)
        .thresholds(thresholds(steps))
        .targets(targets([{ ...query, instant: true, format: 'table' }]))
        .transformations([
          { id: 'filterFieldsByName', options: { include: { names: [...columns, 'Value'] } } },
          {
            id: 'organize',
            options: {
              indexByName: Object.fromEntries([...columns, 'Value'].map((name, i) => [name, i])),
              renameByName: { Value: value },
              excludeByName: {},
            },
          },
          { id: 'sortBy', options: { fields: {}, sort: [{ field: value, desc: true }] } },
        ]);
      if (none !== undefined) panel.noValue(none);
      if (link) panel.dataLinks([new DashboardLinkBuilder(link.title).url(link.url)]);
      return panel;
    },
  };
};
