import type { Labels, Series, WorkloadFrame } from '../conventions/index.ts';
import { type CatalogFeature, type CatalogInput, defineCatalog, type FeatureCatalog, type Formula } from '../features/catalog.ts';
import { createFeatureExtractor } from '../features/extractor.ts';
import { named } from '../features/select.ts';
import { testResults } from './series.ts';

export const input = (id: string, kind: 'gauge' | 'counter' | 'bucket', more: object = {}): CatalogInput => ({
  id,
  selector: named(id),
  kind,
  entity: { by: 'workload' },
  ...more,
});
export const feature = (name: string, formula: Formula, otherwise?: Formula): CatalogFeature => ({
  name,
  help: '',
  unit: '',
  unitClass: 'other',
  level: 'pod',
  formula,
  ...(otherwise ? { otherwise } : {}),
});
export const sum = (id: string): Formula => ({ kind: 'value', of: { input: id, combine: 'sum' } });

export const catalogOf = (inputs: readonly CatalogInput[], ...features: readonly CatalogFeature[]): FeatureCatalog =>
  defineCatalog('test', { inputs, features });

/** Frames of a grid of 30 s over series given with the index of their input. */
export const framesOf = (
  catalog: FeatureCatalog,
  series: readonly (readonly [number, Series])[],
  until = Number.POSITIVE_INFINITY,
): WorkloadFrame[] => {
  const extractor = createFeatureExtractor(catalog, { pace: 'grid', stepMs: 30_000 });
  extractor.push(testResults(...series));
  return [...extractor.advance(until)].flat();
};

export const pod = (name: string, more: Labels = {}): Labels => ({
  namespace: 'shop',
  workload: 'web',
  workload_kind: 'Deployment',
  pod: name,
  ...more,
});
