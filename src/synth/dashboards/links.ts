/** Uids are part of every link to a dashboard and never change. */
export const DASHBOARD_UIDS = {
  overview: 'bellwether-overview',
  workload: 'bellwether-workload',
  networkSecurity: 'bellwether-network-security',
  health: 'bellwether-health',
} as const;

export type DashboardName = keyof typeof DASHBOARD_UIDS;

/** Address of a dashboard, relative to a Grafana where `base` is empty; values of variables may be templates. */
export const dashboardLink = (base: string, dashboard: DashboardName, variables: Readonly<Record<string, string>> = {}): string => {
  const query = Object.entries(variables).map(([name, value]) => `var-${name}=${value}`);
  return `${base}/d/${DASHBOARD_UIDS[dashboard]}${query.length > 0 ? `?${query.join('&')}` : ''}`;
};
