import type { Selector } from '../conventions/index.ts';
import type { CatalogInput, FeatureCatalog } from './catalog.ts';

/** What the series of an input belong to. */
export type InputLevel = 'node' | 'pod' | 'labels';

export const levelOf = (input: CatalogInput): InputLevel => {
  if (input.kind === 'node_name') return 'node';
  if (!('entity' in input)) return 'pod';
  return input.entity.by === 'workload' ? 'pod' : input.entity.by;
};

/** The selectors whose series belong to pods, or to workloads with a namespace. */
export const podSelectors = ({ inputs }: FeatureCatalog): ReadonlySet<Selector> =>
  new Set(inputs.filter((input) => levelOf(input) === 'pod').map(({ selector }) => selector));
