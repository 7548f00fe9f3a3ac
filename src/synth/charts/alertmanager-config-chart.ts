import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { addMonitoringObject } from '../kinds/prometheus-operator.ts';
import type { Bundle, Surroundings } from '../options/bundle.ts';
import { alertmanagerConfigSpec } from '../routes/alertmanager-config.ts';
import { commonLabels, wave } from './labels.ts';

/**
 * The route, beside the Alertmanager: with the matcher strategy `OnNamespaceExceptForAlertmanagerNamespace` it then sees alerts of all
 * namespaces. With the operator's default strategy it sees those of the monitoring namespace alone.
 */
export const addAlertmanagerConfigChart = (scope: Construct, bundle: Bundle, { monitoringNamespace }: Surroundings): Chart => {
  const chart = new Chart(scope, 'alertmanager-config', { disableResourceNameHashes: true });
  const metadata = { name: bundle.name, namespace: monitoringNamespace, labels: commonLabels(bundle), annotations: wave('monitoring') };
  addMonitoringObject(chart, 'AlertmanagerConfig', metadata, alertmanagerConfigSpec(bundle));
  return chart;
};
