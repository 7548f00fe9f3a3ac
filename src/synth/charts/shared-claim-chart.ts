import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Bundle } from '../options/bundle.ts';
import { commonLabels, wave } from './labels.ts';

export const sharedClaim = (bundle: Pick<Bundle, 'name'>): string => `${bundle.name}-models`;

/** The volume that those who train write and the exporter reads; without it there would be no training, so it is there also where nothing else persists. */
export const addSharedClaimChart = (scope: Construct, bundle: Bundle): Chart => {
  const chart = new Chart(scope, 'models', { disableResourceNameHashes: true });
  const { accessMode, size, storageClass } = bundle.training.storage;
  new k8s.KubePersistentVolumeClaim(chart, 'claim', {
    metadata: {
      name: sharedClaim(bundle),
      namespace: bundle.namespace,
      labels: { ...commonLabels(bundle) },
      annotations: { ...wave('processes') },
    },
    spec: {
      accessModes: [accessMode],
      resources: { requests: { storage: k8s.Quantity.fromString(size) } },
      volumeMode: 'Filesystem',
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    },
  });
  return chart;
};
