import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARD_UIDS, type DashboardName } from './links.ts';
import { DATASOURCE, GRID_WIDTH, type SizedPanel } from './panel.ts';

/** Every dashboard of ours, for the menu between them. */
const TAG = 'bellwether';

export interface Variable {
  readonly name: string;
  readonly label: string;
  /** `label_values(...)`; may use variables before it. */
  readonly query: string;
  /** With "All", which matches also series without the label. */
  readonly all?: boolean;
}

export interface Annotation {
  readonly name: string;
  readonly expr: string;
  readonly color: string;
  readonly title: string;
}

export interface DashboardPlan {
  readonly name: DashboardName;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly annotations: readonly Annotation[];
  readonly rows: readonly { readonly title: string; readonly panels: readonly SizedPanel[] }[];
}

const datasourceVariable = () => new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus').regex('');

const queryVariable = ({ name, label, query, all = false }: Variable): QueryVariableBuilder => {
  const variable = new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query({ qryType: 1, query, refId: `variable-${name}` })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(false)
    .includeAll(all);
  return all ? variable.allValue('.*').current({ text: 'All', value: '$__all', selected: true }) : variable;
};

const annotationQuery = ({ name, expr, color, title }: Annotation): AnnotationQueryBuilder =>
  // A minute at least: a year of them would be half a million instants.
  new AnnotationQueryBuilder().name(name).datasource(DATASOURCE).enable(true).iconColor(color).expr(expr).titleFormat(title).step('60s');

/** From left to right, a new line where a panel does not fit. All of a line are as high as the highest, and the last one takes the room that is left. */
export const placePanels = (panels: readonly SizedPanel[], top: number) => {
  const lines: SizedPanel[][] = [];
  let x = GRID_WIDTH;
  for (const panel of panels) {
    if (x + panel.width > GRID_WIDTH) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1)?.push(panel);
    x += panel.width;
  }
  let y = top;
  const placed = lines.flatMap((line) => {
    const h = Math.max(...line.map(({ height }) => height));
    let left = 0;
    const builders = line.map(({ width, panel }, i) => {
      const w = i === line.length - 1 ? GRID_WIDTH - left : width;
      const builder = panel({ x: left, y, w, h });
      left += w;
      return builder;
    });
    y += h;
    return builders;
  });
  return { placed, bottom: y };
};

const sortKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
};

/** Classic dashboard JSON, as file provisioning and the Grafana operator read it; `id` is null and panels are numbered from 1. */
export const buildDashboard = (plan: DashboardPlan): Dashboard => {
  const builder = new DashboardBuilder(plan.title)
    .uid(DASHBOARD_UIDS[plan.name])
    .description(plan.description)
    .tags([TAG])
    .timezone('browser')
    .refresh('1m')
    .time({ from: 'now-6h', to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .variables([datasourceVariable(), ...plan.variables.map(queryVariable)])
    .annotations(plan.annotations.map(annotationQuery))
    .link(
      new DashboardLinkBuilder('Bellwether')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
  let top = 0;
  for (const { title, panels } of plan.rows) {
    builder.withRow(new RowBuilder(title).gridPos({ x: 0, y: top, w: GRID_WIDTH, h: 1 }));
    const { placed, bottom } = placePanels(panels, top + 1);
    for (const panel of placed) builder.withPanel(panel);
    top = bottom;
  }
  const built = builder.build();
  return { ...built, id: null, panels: built.panels?.map((panel, i) => ({ ...panel, id: i + 1 })) ?? [] } as Dashboard;
};

/**
 * The file of a dashboard: keys in order, so that the same plan gives the same bytes. Braces that Helm or Flux would read as their own
 * are written as escapes, which JSON reads as the same text.
 */
export const dashboardText = (plan: DashboardPlan): string =>
  `${JSON.stringify(sortKeys(buildDashboard(plan)), null, 2)
    .replaceAll('{{', '\\u007b{')
    .replaceAll('${', '\\u0024{')}\n`;
