import { defineCatalog, type FeatureCatalog } from './catalog.ts';
import { named } from './select.ts';
import { unitClassOf, unitOf } from './unit-class.ts';
import { combineOf } from './user-catalog.ts';

/** Reads a recording: every gauge family is a feature of the entity (namespace, workload), its class known by its name alone. */
export const recordingCatalog = (families: readonly string[]): FeatureCatalog =>
  defineCatalog('recording', {
    inputs: families.map((family) => ({ id: family, selector: named(family), kind: 'gauge', entity: { by: 'workload' } })),
    features: families.map((family) => {
      const unitClass = unitClassOf(family);
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
