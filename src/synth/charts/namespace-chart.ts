import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Bundle } from '../options/bundle.ts';
import { commonLabels, wave } from './labels.ts';

const level = (mode: string, allowed: string): Readonly<Record<string, string>> => ({
  [`pod-security.kubernetes.io/${mode}`]: allowed,
  [`pod-security.kubernetes.io/${mode}-version`]: 'latest',
});

/** The namespace, in which the API server refuses every pod that is not restricted (Pod Security Standards), unless a part needs more. */
export const addNamespaceChart = (scope: Construct, bundle: Bundle): Chart => {
  const { podSecurity = 'restricted' } = bundle;
  const chart = new Chart(scope, 'namespace', { disableResourceNameHashes: true });
  new k8s.KubeNamespace(chart, 'namespace', {
    metadata: {
      name: bundle.namespace,
      labels: { ...commonLabels(bundle), ...level('enforce', podSecurity), ...level('audit', podSecurity), ...level('warn', podSecurity) },
      annotations: { ...wave('foundation') },
    },
  });
  return chart;
};
