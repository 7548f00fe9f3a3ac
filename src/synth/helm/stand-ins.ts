import type { BundleOptions } from '../options/bundle-options.ts';

/**
 * Values that no cluster has, which the chart replaces by its own: the same code that writes the overlays then writes the templates. Each
 * passes the checks of the options and occurs nowhere else.
 */
export const STAND_INS = {
  namespace: 'stand-in-for-namespace',
  monitoringNamespace: 'stand-in-for-monitoring',
  release: 'stand-in-for-release',
  prometheusUrl: 'http://stand-in-for-prometheus',
  alertmanagerUrl: 'http://stand-in-for-alertmanager',
  repository: 'stand-in.example/for-image',
  tag: 'stand-in-for-tag',
  storageClass: 'stand-in-for-class',
  cpuRequest: '7771m',
  memoryRequest: '7772Mi',
  memoryLimit: '7773Mi',
} as const;

/** The options of the user with a stand-in wherever the chart has a value. */
export const withStandIns = (options: BundleOptions): BundleOptions => ({
  ...options,
  namespace: STAND_INS.namespace,
  image: { ...options.image, repository: STAND_INS.repository, tag: STAND_INS.tag, pullPolicy: 'IfNotPresent' },
  overlays: {
    'kube-prometheus-stack': {
      ...(options.overlays?.['kube-prometheus-stack'] || {}),
      monitoringNamespace: STAND_INS.monitoringNamespace,
      release: STAND_INS.release,
      prometheusUrl: STAND_INS.prometheusUrl,
      alertmanagerUrl: STAND_INS.alertmanagerUrl,
    },
  },
  processes: {
    ...options.processes,
    exporter: {
      ...options.processes?.exporter,
      storageClass: STAND_INS.storageClass,
      resources: { cpuRequest: STAND_INS.cpuRequest, memoryRequest: STAND_INS.memoryRequest, memoryLimit: STAND_INS.memoryLimit },
    },
  },
});
