import { ApiObject, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Bundle, Process, Surroundings } from '../options/bundle.ts';
import { hasOwnConfig, runsToItsEnd } from '../options/parse-process.ts';
import { processLabels, selectorLabels, wave } from './labels.ts';
import { CONFIG_FILE, configText } from './process-config.ts';
import { addAccess } from './rbac.ts';
import { addWebhooks } from './webhooks.ts';
import { addWorkload, claimSpec } from './workload.ts';

const addClaims = (chart: Chart, process: Process, metadata: k8s.ObjectMeta): void => {
  for (const { name, kind, size } of process.declaration.volumes)
    if (kind === 'persistent')
      new k8s.KubePersistentVolumeClaim(chart, `claim-${name}`, {
        metadata: { ...metadata, name: `${process.fullName}-${name}` },
        spec: claimSpec(process, size),
      });
};

const servicePorts = (process: Process): k8s.ServicePort[] =>
  process.declaration.ports.map(({ name, port, servicePort = port }) => ({
    name,
    port: servicePort,
    targetPort: k8s.IntOrString.fromString(name),
    protocol: 'TCP',
  }));

const addServices = (chart: Chart, process: Process, metadata: k8s.ObjectMeta, selector: Record<string, string>): void => {
  const common = { type: 'ClusterIP', selector, internalTrafficPolicy: 'Cluster', sessionAffinity: 'None' };
  new k8s.KubeService(chart, 'service', { metadata, spec: { ...common, ports: servicePorts(process) } });
  // Gives each pod of a StatefulSet its name. Without the labels of the process, or its monitor would scrape every pod twice.
  if (process.declaration.workload?.kind === 'StatefulSet') {
    const { 'app.kubernetes.io/component': _, ...labels } = metadata.labels ?? {};
    new k8s.KubeService(chart, 'pods', {
      metadata: { ...metadata, labels, name: `${process.fullName}-pods` },
      spec: { ...common, clusterIp: 'None', ports: servicePorts(process), publishNotReadyAddresses: true },
    });
  }
};

const addOthers = (chart: Chart, bundle: Bundle, process: Process): void => {
  const { objects } = process.declaration;
  const place = { bundle: bundle.name, namespace: bundle.namespace, fullName: process.fullName };
  for (const { metadata, ...object } of objects?.(place) ?? [])
    new ApiObject(chart, `${object.kind}-${metadata.name}`, {
      ...object,
      metadata: {
        ...metadata,
        labels: { ...processLabels(bundle, process), ...metadata.labels },
        annotations: { ...wave('processes'), ...metadata.annotations },
      },
    });
};

/** All objects of one process, from its declaration and settings alone; whether volumes persist is said by the surroundings. */
export const addProcessChart = (scope: Construct, bundle: Bundle, process: Process, surroundings: Surroundings): Chart => {
  const { declaration, fullName } = process;
  const chart = new Chart(scope, declaration.name, { disableResourceNameHashes: true });
  const labels = { ...processLabels(bundle, process) };
  const metadata = { name: fullName, namespace: bundle.namespace, labels, annotations: { ...wave('processes') } };
  const matchLabels = { ...selectorLabels(bundle, process) };

  addAccess(chart, bundle, process);
  if (hasOwnConfig(declaration))
    new k8s.KubeConfigMap(chart, 'config', { metadata, data: { [CONFIG_FILE]: configText(process, surroundings, bundle) } });
  if (surroundings.persistence && declaration.workload?.kind !== 'StatefulSet') addClaims(chart, process, metadata);
  addWorkload(chart, bundle, process, surroundings, metadata);
  if (declaration.ports.length > 0) addServices(chart, process, metadata, matchLabels);
  // maxUnavailable, because minAvailable 1 would keep a node with the only pod from ever being drained.
  // A pod that is broken anyway must not keep a node from being drained either.
  // Pods of a DaemonSet are not evicted when a node is drained.
  if (!runsToItsEnd(declaration) && declaration.workload?.kind !== 'DaemonSet')
    new k8s.KubePodDisruptionBudget(chart, 'disruption-budget', {
      metadata,
      spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels }, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
    });
  addWebhooks(chart, bundle, process);
  addOthers(chart, bundle, process);
  return chart;
};
