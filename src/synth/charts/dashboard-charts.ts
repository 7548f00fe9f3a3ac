import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { DASHBOARDS } from '../dashboards/all-dashboards.ts';
import { dashboardText } from '../dashboards/dashboard.ts';
import { DASHBOARD_UIDS } from '../dashboards/links.ts';
import { addGrafanaObject } from '../kinds/grafana-operator.ts';
import type { Bundle } from '../options/bundle.ts';
import { commonLabels, NO_SUBSTITUTION, wave } from './labels.ts';

/** Uids begin with the product; two installations would overwrite each other's dashboards anyway, because links hold the uid. */
const objectName = (bundle: Bundle, uid: string): string => `${bundle.name}-dashboard-${uid.replace(/^bellwether-/, '')}`;

/** One ConfigMap per dashboard, which the sidecar of Grafana finds by its label: each far below the limit of 1 MiB. */
export const addDashboardConfigMaps = (scope: Construct, bundle: Bundle): Chart => {
  const chart = new Chart(scope, 'dashboards', { disableResourceNameHashes: true });
  const { folder, folderAnnotation, sidecarLabel, sidecarLabelValue } = bundle.grafana;
  for (const plan of DASHBOARDS) {
    const uid = DASHBOARD_UIDS[plan.name];
    new k8s.KubeConfigMap(chart, uid, {
      metadata: {
        name: objectName(bundle, uid),
        namespace: bundle.namespace,
        labels: { ...commonLabels(bundle), [sidecarLabel]: sidecarLabelValue },
        annotations: { ...wave('monitoring'), ...NO_SUBSTITUTION, [folderAnnotation]: folder },
      },
      data: { [`${uid}.json`]: dashboardText(plan) },
    });
  }
  return chart;
};

const RESYNC = '10m0s';

/** The same for the Grafana operator; a Grafana in any namespace with the labels takes them. */
export const addGrafanaOperatorChart = (scope: Construct, bundle: Bundle): Chart => {
  const chart = new Chart(scope, 'grafana-operator', { disableResourceNameHashes: true });
  const metadata = (name: string) => ({
    name,
    namespace: bundle.namespace,
    labels: commonLabels(bundle),
    annotations: { ...wave('monitoring'), ...NO_SUBSTITUTION },
  });
  const everywhere = {
    allowCrossNamespaceImport: true,
    instanceSelector: { matchLabels: bundle.grafana.instanceLabels },
    resyncPeriod: RESYNC,
  };
  addGrafanaObject(chart, 'GrafanaFolder', metadata(bundle.name), { title: bundle.grafana.folder, uid: bundle.name, ...everywhere });
  for (const plan of DASHBOARDS)
    addGrafanaObject(chart, 'GrafanaDashboard', metadata(objectName(bundle, DASHBOARD_UIDS[plan.name])), {
      json: dashboardText(plan),
      folderRef: bundle.name,
      ...everywhere,
    });
  return chart;
};
