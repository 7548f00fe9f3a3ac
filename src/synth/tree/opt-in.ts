import { addServiceMonitorChart } from '../charts/prometheus-operator.ts';
import type { Bundle, Process, Surroundings } from '../options/bundle.ts';
import type { Component } from './component.ts';
import { chartManifests, coreManifests } from './core-manifests.ts';
import type { Manifest } from './manifest.ts';

/** What the base has already. */
const isShared = ({ kind, metadata }: Manifest, { name }: Bundle): boolean =>
  kind === 'Namespace' || (kind === 'NetworkPolicy' && metadata.name === `${name}-default-deny`);

/** A process beside those of the base, in their namespace, and what the Prometheus operator is to scrape of it. */
const partsOf = (bundle: Bundle, process: Process, base: Surroundings): readonly Component[] => {
  const { name } = process.declaration;
  const inside: Bundle = { ...bundle, processes: [process], optIn: [] };
  const files = [...coreManifests(inside, base)].map(
    ([file, manifests]) => [file === name ? name : `${name}-${file}`, manifests.filter((manifest) => !isShared(manifest, bundle))] as const,
  );
  return [
    { name, usedBy: [], files: new Map(files.filter(([, manifests]) => manifests.length > 0)) },
    {
      name: `${name}-monitor`,
      usedBy: [],
      files: new Map([[`${name}-monitors`, chartManifests((app) => addServiceMonitorChart(app, inside))]]),
    },
  ];
};

/** Components that belong to the base, but that nobody gets without asking. */
export const optInComponents = (bundle: Bundle, base: Surroundings): readonly Component[] =>
  bundle.optIn.flatMap((process) => partsOf(bundle, process, base));
