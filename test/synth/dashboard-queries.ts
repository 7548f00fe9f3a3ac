import type { DashboardPlan } from '../../src/synth/dashboards/dashboard.ts';
import { buildDashboard } from '../../src/synth/dashboards/dashboard.ts';

export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly instant: boolean; readonly datasource: unknown }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string; readonly noValue?: string } };
}

export interface DashboardJson {
  readonly id: null;
  readonly uid: string;
  readonly editable: boolean;
  readonly schemaVersion: number;
  readonly panels: readonly PanelJson[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown; readonly type: string }[] };
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

export const dashboardJson = (plan: DashboardPlan): DashboardJson => JSON.parse(JSON.stringify(buildDashboard(plan))) as DashboardJson;

/** Every expression of a dashboard as Grafana would send it: variables and macros filled in. */
export const fillIn = (expr: string, values: Readonly<Record<string, string>>): string =>
  expr.replaceAll(/\$(__rate_interval|__range|\w+)/g, (whole, name: string) => values[name] ?? whole);

export const MACROS = { __rate_interval: '2m', __range: '1h' } as const;
