import { App, type Chart } from 'cdk8s';
import { addCustomResourceChart, customResources } from '../charts/custom-resources.ts';
import { addNamespaceChart } from '../charts/namespace-chart.ts';
import { addNetworkPolicyChart } from '../charts/network-policies.ts';
import { addProcessChart } from '../charts/process-chart.ts';
import { addSharedClaimChart } from '../charts/shared-claim-chart.ts';
import type { Bundle, Surroundings } from '../options/bundle.ts';
import { type Manifest, manifestsOf } from './manifest.ts';

/** Builds charts in an app of their own, which never writes anything itself. */
export const chartManifests = (build: (app: App) => Chart): readonly Manifest[] => manifestsOf(build(new App()));

/** The objects of the base by file name, for clusters with these surroundings. */
export const coreManifests = (bundle: Bundle, surroundings: Surroundings): ReadonlyMap<string, readonly Manifest[]> => {
  const files = new Map<string, readonly Manifest[]>();
  files.set(
    'namespace',
    chartManifests((app) => addNamespaceChart(app, bundle)),
  );
  if (customResources(bundle).length > 0)
    files.set(
      'custom-resources',
      chartManifests((app) => addCustomResourceChart(app, bundle)),
    );
  if (bundle.processes.some(({ declaration }) => declaration.volumes.some(({ kind }) => kind === 'shared')))
    files.set(
      'models',
      chartManifests((app) => addSharedClaimChart(app, bundle)),
    );
  for (const process of bundle.processes)
    files.set(
      process.declaration.name,
      chartManifests((app) => addProcessChart(app, bundle, process, surroundings)),
    );
  if (bundle.networkPolicies)
    files.set(
      'network-policies',
      chartManifests((app) => addNetworkPolicyChart(app, bundle, surroundings)),
    );
  return files;
};
