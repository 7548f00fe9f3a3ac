import { type CatalogInput, defineCatalog, type FeatureCatalog } from './catalog.ts';
import { named } from './select.ts';
import { unitClassOf, unitOf } from './unit-class.ts';
import { combineOf } from './user-catalog.ts';

/** Restarts counted up, under whatever prefix: their level says when a process began, only what is added is news, and that is the lifecycle detector's. */
const RESTARTS = /(^|_)restarts(_total)?$/;

export const countsRestarts = (metric: string): boolean => RESTARTS.test(metric);

/** Reads a recording: every gauge family is a feature of the entity (namespace, workload), its class known by its name alone. */
export const recordingCatalog = (families: readonly string[]): FeatureCatalog =>
  defineCatalog('recording', {
    inputs: [
      ...families.map((family): CatalogInput => ({ id: family, selector: named(family), kind: 'gauge', entity: { by: 'workload' } })),
      ...families
        .filter(countsRestarts)
        .map((family): CatalogInput => ({ id: `${family} added`, selector: named(family), kind: 'restarts', entity: { by: 'workload' } })),
    ],
    features: families.map((family) => {
      const unitClass = countsRestarts(family) ? 'context' : unitClassOf(family);
      return {
        name: family,
        help: 'A family of a recording.',
        unit: unitOf(unitClass),
        unitClass,
        level: 'pod',
        formula: { kind: 'value', of: { input: family, combine: combineOf(unitClass) } },
      };
    }),
  });
