import { DASHBOARDS } from '../../src/synth/dashboards/all-dashboards.ts';
import { dashboardText } from '../../src/synth/dashboards/dashboard.ts';
import { DASHBOARD_UIDS } from '../../src/synth/dashboards/links.ts';
import { GRID_WIDTH } from '../../src/synth/dashboards/panel.ts';
import { alertRules } from '../rules/rules-of-bundle.ts';
import { type DashboardJson, dashboardJson, fillIn, MACROS, type PanelJson } from './dashboard-queries.ts';
import { KNOWN_SERIES, seriesIn } from './promql-names.ts';

const dashboards = DASHBOARDS.map((plan) => [plan.title, dashboardJson(plan)] as const);
const drawn = ({ panels }: DashboardJson): readonly PanelJson[] => panels.filter(({ type }) => type !== 'row');
const ANY = new Proxy<Record<string, string>>({ ...MACROS }, { get: (known, name: string) => known[name] ?? 'x' });
const expressionsOf = (dashboard: DashboardJson): readonly string[] => [
  ...drawn(dashboard).flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.annotations.list.map(({ expr }) => expr),
  ...dashboard.templating.list.flatMap(({ query }) => {
    const text = (query as { query?: string }).query;
    return text === undefined ? [] : [text.replace(/^label_values\((.*), \w+\)$/, '$1')];
  }),
];

describe.each(dashboards)('%s', (_, dashboard) => {
  it('is provisioned: stable uid, no id, read-only, classic', () => {
    expect(dashboard.id).toBeNull();
    expect(dashboard.uid).toMatch(/^[a-z-]{8,40}$/);
    expect(dashboard.editable).toBe(false);
    expect(dashboard.schemaVersion).toBeLessThanOrEqual(42);
  });

  it('has panels that lie inside the grid and never on each other', () => {
    const cells = new Set<string>();
    for (const { gridPos, title } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(GRID_WIDTH);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect([title, cells.has(`${x}/${y}`)]).toEqual([title, false]);
          cells.add(`${x}/${y}`);
        }
    }
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says of every panel what it shows, in which unit, from the chosen data source', () => {
    for (const { title, description, datasource, fieldConfig } of drawn(dashboard)) {
      expect(title.length).toBeGreaterThan(2);
      expect([title, description]).toEqual([title, expect.stringMatching(/\.$/)]);
      expect(datasource).toEqual({ type: 'prometheus', uid: '$datasource' });
      expect([title, fieldConfig?.defaults.unit]).toEqual([title, expect.any(String)]);
    }
  });

  it('reads only series that are known', () => {
    const unknown = expressionsOf(dashboard)
      .flatMap((expr) => seriesIn(fillIn(expr, ANY)))
      .filter((name) => !KNOWN_SERIES.has(name));
    expect(unknown).toEqual([]);
  });

  it('uses no variable that it does not have', () => {
    const known = new Set([...dashboard.templating.list.map(({ name }) => name), ...Object.keys(MACROS)]);
    const used = expressionsOf(dashboard).flatMap((expr) => [...expr.matchAll(/\$(\w+)/g)].map(([, name]) => String(name)));
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });

  it('bounds every query: an aggregation, a top list, or one workload', () => {
    const bounded = /^(count|sum|min|max|avg|topk|quantile|histogram_quantile|quantile_over_time|time\(\))/;
    const open = drawn(dashboard)
      .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
      .filter((expr) => !bounded.test(expr) && !/ and topk\(/.test(expr));
    expect(open).toEqual([]);
  });
});

describe('dashboardText', () => {
  it.each(DASHBOARDS.map((plan) => [plan.title, plan] as const))(
    'of %s holds nothing that Helm or Flux would take for its own',
    (_, plan) => {
      const text = dashboardText(plan);
      expect(text).not.toMatch(/\{\{|\$\{/);
      expect(JSON.parse(text)).toEqual(dashboardJson(plan));
    },
  );
});

describe('links from alerts', () => {
  it.each(alertRules)('of $alert lead to a dashboard, with variables that it has', ({ annotations }) => {
    const [path = '', query = ''] = (annotations?.dashboard_url ?? '').split('?');
    const dashboard = dashboards.map(([, json]) => json).find(({ uid }) => path === `/d/${uid}`);
    const known = dashboard?.templating.list.map(({ name }) => `var-${name}`) ?? [];
    expect(Object.values(DASHBOARD_UIDS)).toContain(dashboard?.uid);
    expect([...query.matchAll(/(?:^|&)([\w-]+)=/g)].map(([, name]) => name).filter((name) => !known.includes(String(name)))).toEqual([]);
  });
});

describe('expressions of rules', () => {
  it('read only series that are known', () => {
    expect(alertRules.flatMap(({ expr }) => seriesIn(expr)).filter((name) => !KNOWN_SERIES.has(name))).toEqual([]);
  });
});
