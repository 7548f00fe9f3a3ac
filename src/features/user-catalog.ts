import type { Selector, UnitClass } from '../conventions/index.ts';
import { type CatalogFeature, type CatalogInput, type Combine, defineCatalog, type EntityRule, type FeatureCatalog } from './catalog.ts';
import { unitClassOf, unitOf } from './unit-class.ts';

/** A feature of the user's: one selector and the labels that say whom it belongs to. Validated before it comes here. */
export interface UserFeature {
  readonly name: string;
  readonly help?: string;
  readonly selector: Selector;
  readonly kind: 'gauge' | 'counter';
  readonly entity: EntityRule;
  /** Several series of one pod or entity; the sum where absent, the mean for ratios and times. */
  readonly combine?: Combine;
  readonly unit?: string;
  /** By name where absent. */
  readonly unitClass?: UnitClass;
  readonly min?: number;
  readonly max?: number;
}

/** Shares and times do not add up, everything else does. */
export const combineOf = (unitClass: UnitClass): Combine =>
  unitClass === 'ratio' || unitClass === 'memory_ratio' || unitClass === 'success_ratio' || unitClass === 'seconds' ? 'mean' : 'sum';

const LEVELS = { pod: 'pod', workload: 'pod', node: 'node', labels: 'entity' } as const;

const userInput = (feature: UserFeature): CatalogInput => ({
  id: `user:${feature.name}`,
  selector: feature.selector,
  kind: feature.kind,
  entity: feature.entity,
});

const userFeature = (feature: UserFeature): CatalogFeature => {
  const unitClass = feature.unitClass ?? unitClassOf(feature.name);
  return {
    name: feature.name,
    help: feature.help ?? 'A feature of the configuration.',
    unit: feature.unit ?? unitOf(unitClass),
    unitClass,
    ...(feature.min === undefined ? {} : { min: feature.min }),
    ...(feature.max === undefined ? {} : { max: feature.max }),
    level: LEVELS[feature.entity.by],
    formula: { kind: 'value', of: { input: `user:${feature.name}`, combine: feature.combine ?? combineOf(unitClass) } },
  };
};

/** Adds features to a catalogue, or makes one of nothing else, for a Prometheus without Kubernetes. */
export const catalogFromConfig = (userFeatures: readonly UserFeature[], base?: FeatureCatalog): FeatureCatalog => {
  if (base !== undefined && userFeatures.length === 0) return base;
  return defineCatalog(base === undefined ? 'user' : `${base.name}+user`, {
    inputs: [...(base?.inputs ?? []), ...userFeatures.map(userInput)],
    features: [...(base?.features ?? []), ...userFeatures.map(userFeature)],
    ...(base === undefined ? {} : { fallback: base.fallback }),
  });
};
