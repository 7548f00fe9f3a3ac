import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { VERSION } from '../../conventions/index.ts';
import type { Bundle, Process, Surroundings } from '../options/bundle.ts';
import { isSingle } from '../options/parse-process.ts';
import { processLabels, selectorLabels, wave } from './labels.ts';
import { podTemplate } from './pod-template.ts';
import { CONFIG_FILE, configText } from './process-config.ts';
import { addAccess } from './rbac.ts';

const HISTORY = 3;
/** Longer than a start with a back-fill of a day takes on a large cluster. */
const PROGRESS_SECONDS = 600;

/** Two pods at the same time would both expose scores, or wait for each other's volume. */
const strategyOf = (process: Process): k8s.DeploymentStrategy =>
  isSingle(process.declaration)
    ? { type: 'Recreate' }
    : {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(1), maxUnavailable: k8s.IntOrString.fromNumber(0) },
      };

const addClaims = (chart: Chart, process: Process, metadata: k8s.ObjectMeta): void => {
  for (const { name, kind, size } of process.declaration.volumes) {
    if (kind !== 'persistent') continue;
    new k8s.KubePersistentVolumeClaim(chart, `claim-${name}`, {
      metadata: { ...metadata, name: `${process.fullName}-${name}` },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: k8s.Quantity.fromString(process.volumeSize ?? size ?? '1Gi') } },
        volumeMode: 'Filesystem',
        ...(process.storageClass === undefined ? {} : { storageClassName: process.storageClass }),
      },
    });
  }
};

/** All objects of one process, from its declaration and settings alone; whether volumes persist is said by the surroundings. */
export const addProcessChart = (scope: Construct, bundle: Bundle, process: Process, surroundings: Surroundings): Chart => {
  const { declaration, fullName, replicas } = process;
  const chart = new Chart(scope, declaration.name, { disableResourceNameHashes: true });
  const labels = { ...processLabels(bundle, process) };
  const metadata = { name: fullName, namespace: bundle.namespace, labels, annotations: { ...wave('processes') } };
  const matchLabels = { ...selectorLabels(bundle, process) };

  addAccess(chart, bundle, process);
  if (declaration.volumes.some(({ kind }) => kind === 'config'))
    new k8s.KubeConfigMap(chart, 'config', { metadata, data: { [CONFIG_FILE]: configText(process, surroundings) } });
  if (surroundings.persistence) addClaims(chart, process, metadata);
  new k8s.KubeDeployment(chart, 'deployment', {
    metadata: { ...metadata, labels: { ...labels, 'app.kubernetes.io/version': VERSION } },
    spec: {
      replicas,
      revisionHistoryLimit: HISTORY,
      progressDeadlineSeconds: PROGRESS_SECONDS,
      selector: { matchLabels },
      strategy: strategyOf(process),
      template: podTemplate(bundle, process, surroundings),
    },
  });
  new k8s.KubeService(chart, 'service', {
    metadata,
    spec: {
      type: 'ClusterIP',
      selector: matchLabels,
      internalTrafficPolicy: 'Cluster',
      sessionAffinity: 'None',
      ports: declaration.ports.map(({ name, port }) => ({
        name,
        port,
        targetPort: k8s.IntOrString.fromString(name),
        protocol: 'TCP',
      })),
    },
  });
  // maxUnavailable, because minAvailable 1 would keep a node with the only pod from ever being drained.
  // A pod that is broken anyway must not keep a node from being drained either.
  new k8s.KubePodDisruptionBudget(chart, 'disruption-budget', {
    metadata,
    spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels }, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  });
  return chart;
};
