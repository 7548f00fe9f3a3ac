/** Uids are part of every link to a dashboard and never change. */
export const DASHBOARD_UIDS = {
  overview: 'bellwether-overview',
  workload: 'bellwether-workload',
  networkSecurity: 'bellwether-network-security',
  admission: 'bellwether-admission',
  health: 'bellwether-health',
  feedback: 'bellwether-feedback',
} as const;

export type DashboardName = keyof typeof DASHBOARD_UIDS;

/** Address of a dashboard, relative to a Grafana where `base` is empty; values of variables may be templates. */
export const dashboardLink = (base: string, dashboard: DashboardName, variables: Readonly<Record<string, string>> = {}): string => {
  const query = Object.entries(variables).map(([name, value]) => `var-${name}=${value}`);
  return `${base}/d/${DASHBOARD_UIDS[dashboard]}${query.length > 0 ? `?${query.join('&')}` : ''}`;
};

const field = (name: string): string => ['$', `{__data.fields.${name}}`].join('');

/**
 * From a row of a table to its workload. Grafana fills in `${__data.fields.NAME}`; it knows no form without braces, so a pipeline that
 * reads `${...}` must be told to leave dashboards alone.
 */
export const WORKLOAD_ROW_LINK = {
  title: 'Open workload',
  url: dashboardLink('', 'workload', {
    namespace: field('namespace'),
    workload: field('workload'),
    workload_kind: field('workload_kind'),
  }),
} as const;
