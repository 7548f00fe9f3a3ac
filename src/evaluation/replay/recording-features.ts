import type { UnitClass } from '../../conventions/index.ts';
import { defineCatalog, type FeatureCatalog, NODE_FEATURES, recordingCatalog, unitClassOf } from '../../features/index.ts';
import type { Recording } from '../recording.ts';

const NODE_KIND = 'Node';
const NODE_PREFIX = /^node_/;
const NODE_CLASSES = new Map<string, UnitClass>(Object.values(NODE_FEATURES).map(({ name, unitClass }) => [name, unitClass]));

/**
 * Every gauge family of a recording as a feature. A metric of the node is context beside a pod's own; where all series of a family belong to nodes, as in
 * recordings of a cluster, it is what the node is scored by: it gets the class of the default catalogue, else that of its name without `node_`.
 */
export const recordingFeatures = ({ families, series }: Recording): FeatureCatalog => {
  const gauges = families.filter(({ type }) => type === 'gauge' || type === 'unknown').map(({ name }) => name);
  const ofOthers = new Set(series.filter(({ labels }) => labels.workload_kind !== NODE_KIND).map(({ family }) => families[family]?.name));
  const catalog = recordingCatalog(gauges);
  const isNodeOwn = (name: string): boolean => NODE_PREFIX.test(name) && !ofOthers.has(name);
  if (!gauges.some(isNodeOwn)) return catalog;
  const features = catalog.features.map((feature) =>
    isNodeOwn(feature.name)
      ? { ...feature, unitClass: NODE_CLASSES.get(feature.name) ?? unitClassOf(feature.name.replace(NODE_PREFIX, '')) }
      : feature,
  );
  return defineCatalog(catalog.name, { ...catalog, features });
};
