import { ApiObject, type Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { VERSION, type WorkloadDeclaration } from '../../conventions/index.ts';
import type { Bundle, Process, Surroundings } from '../options/bundle.ts';
import { isSingle } from '../options/parse-process.ts';
import { processLabels, selectorLabels, wave } from './labels.ts';
import { podTemplate } from './pod-template.ts';

const HISTORY = 3;
/** Longer than a start with a back-fill of a day takes on a large cluster. */
const PROGRESS_SECONDS = 600;
/** How late a CronJob may still start, for example after the controllers were away. */
const LATE_SECONDS = 120;

/** Two pods at the same time would both expose scores, or wait for each other's volume. */
const strategyOf = (process: Process): k8s.DeploymentStrategy =>
  isSingle(process.declaration)
    ? { type: 'Recreate' }
    : {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(1), maxUnavailable: k8s.IntOrString.fromNumber(0) },
      };

/** A claim for each persistent volume: of the process, or of each pod of a StatefulSet. */
export const claimSpec = (process: Process, size: string | undefined): k8s.PersistentVolumeClaimSpec => ({
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: k8s.Quantity.fromString(process.volumeSize ?? size ?? '1Gi') } },
  volumeMode: 'Filesystem',
  ...(process.storageClass === undefined ? {} : { storageClassName: process.storageClass }),
});

/** With their kind, which the server would add and for which the generated types have no field. */
const claimTemplates = (process: Process): readonly object[] =>
  process.declaration.volumes
    .filter(({ kind }) => kind === 'persistent')
    .map(({ name, size }) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name },
      spec: k8s.toJson_PersistentVolumeClaimSpec(claimSpec(process, size)),
    }));

type Ending = Extract<WorkloadDeclaration, { readonly deadlineSeconds: number }>;

/** A pod for each shard of the process that is named; one where it has none. */
const shardsOf = ({ processes }: Bundle, { shardsOf: name }: Ending): number =>
  processes.find(({ declaration }) => declaration.name === name)?.shards ?? 1;

const jobSpec = (bundle: Bundle, template: k8s.PodTemplateSpec, workload: Ending): k8s.JobSpec => {
  const { deadlineSeconds, retries = 2 } = workload;
  const shards = shardsOf(bundle, workload);
  return {
    activeDeadlineSeconds: deadlineSeconds,
    backoffLimit: retries,
    // One after the other: each may use all that the quota of the namespace has.
    ...(shards > 1 ? { completionMode: 'Indexed', completions: shards, parallelism: 1 } : {}),
    template,
  };
};

/**
 * A Job cannot be changed, only made anew. Argo CD and Flux are told to where it differs; kubectl users delete it first. Argo CD does so in a
 * client-side apply alone; with `Replace=true` it would run the Job again at every synchronisation, whatever that was about.
 */
const REPLACED = {
  'argocd.argoproj.io/sync-options': 'Force=true,ServerSideApply=false',
  'kustomize.toolkit.fluxcd.io/force': 'enabled',
};

/**
 * What has an end tells by an alert when it fails. Argo CD would call the Application in progress for as long as a run takes, every minute for some
 * of them.
 */
const UNAWAITED = { 'argocd.argoproj.io/ignore-healthcheck': 'true' };

/** What runs the pods of a process, as it declares; every default of the API server is written out. */
export const addWorkload = (chart: Chart, bundle: Bundle, process: Process, surroundings: Surroundings, metadata: k8s.ObjectMeta): void => {
  const { workload = { kind: 'Deployment' as const } } = process.declaration;
  const template = podTemplate(bundle, process, surroundings);
  const matchLabels = { ...selectorLabels(bundle, process) };
  const labelled: k8s.ObjectMeta = { ...metadata, labels: { ...metadata.labels, 'app.kubernetes.io/version': VERSION } };
  const { replicas } = process;
  switch (workload.kind) {
    case 'Deployment':
      new k8s.KubeDeployment(chart, 'deployment', {
        metadata: labelled,
        spec: {
          replicas,
          revisionHistoryLimit: HISTORY,
          progressDeadlineSeconds: PROGRESS_SECONDS,
          selector: { matchLabels },
          strategy: strategyOf(process),
          template,
        },
      });
      return;
    case 'DaemonSet':
      new k8s.KubeDaemonSet(chart, 'daemon-set', {
        metadata: labelled,
        spec: {
          revisionHistoryLimit: HISTORY,
          selector: { matchLabels },
          template,
          updateStrategy: {
            type: 'RollingUpdate',
            rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(0), maxUnavailable: k8s.IntOrString.fromString('10%') },
          },
        },
      });
      return;
    case 'StatefulSet': {
      const templates = surroundings.persistence ? claimTemplates(process) : [];
      const spec = k8s.toJson_StatefulSetSpec({
        replicas,
        revisionHistoryLimit: HISTORY,
        podManagementPolicy: 'Parallel',
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
        selector: { matchLabels },
        serviceName: `${process.fullName}-pods`,
        template,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      });
      new ApiObject(chart, 'stateful-set', {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: labelled,
        spec: { ...spec, ...(templates.length > 0 ? { volumeClaimTemplates: templates } : {}) },
      });
      return;
    }
    case 'CronJob':
      new k8s.KubeCronJob(chart, 'cron-job', {
        metadata: { ...labelled, annotations: { ...labelled.annotations, ...UNAWAITED } },
        spec: {
          schedule: workload.schedule,
          concurrencyPolicy: 'Forbid',
          startingDeadlineSeconds: LATE_SECONDS,
          successfulJobsHistoryLimit: 1,
          failedJobsHistoryLimit: HISTORY,
          suspend: false,
          jobTemplate: { metadata: { labels: { ...processLabels(bundle, process) } }, spec: jobSpec(bundle, template, workload) },
        },
      });
      return;
    case 'Job':
      new k8s.KubeJob(chart, 'job', {
        metadata: {
          ...labelled,
          annotations: { ...labelled.annotations, ...REPLACED, ...(workload.last ? { ...wave('webhooks'), ...UNAWAITED } : {}) },
        },
        spec: {
          completionMode: 'NonIndexed',
          completions: 1,
          manualSelector: false,
          parallelism: 1,
          ...jobSpec(bundle, template, workload),
          suspend: false,
        },
      });
  }
};
