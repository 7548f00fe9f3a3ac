import type { Selector } from '../conventions/index.ts';
import {
  type CatalogScope,
  catalogFromConfig,
  DEFAULT_FALLBACK,
  defaultCatalog,
  defineCatalog,
  type EntityRule,
  type FeatureCatalog,
  featuresOfPacks,
  type IdentityFallback,
  inputsOf,
  recordedCatalog,
  type UserFeature,
} from '../features/index.ts';
import { parseSelector } from '../prometheus/index.ts';
import type { ExporterConfig } from './config/schema.ts';

type FeaturesConfig = ExporterConfig['features'];

/** Optional keys without the absent ones, which exactOptionalPropertyTypes tells apart from `undefined`. */
const given = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };

const scopeOf = (scope: FeaturesConfig['scope']): CatalogScope =>
  Object.fromEntries(Object.entries(scope).map(([name, text]): [string, Selector] => [name, parseSelector(text)]));

const entityRule = (entity: FeaturesConfig['selectors'][number]['entity']): EntityRule =>
  typeof entity === 'string' ? { by: entity } : { by: 'labels', labels: entity };

const userFeature = ({ selector, entity, ...rest }: FeaturesConfig['selectors'][number]): UserFeature => ({
  ...given(rest),
  selector: parseSelector(selector),
  entity: entityRule(entity),
});

/** Keeps the chosen features and what they read; who owns whom and the life of containers are always read. */
const narrow = (catalog: FeatureCatalog, only: readonly string[]): FeatureCatalog => {
  const features = catalog.features.filter(({ name }) => only.includes(name));
  const needed = new Set(features.flatMap(inputsOf));
  const measures = (kind: string): boolean => kind === 'gauge' || kind === 'counter' || kind === 'bucket';
  return defineCatalog(catalog.name, {
    inputs: catalog.inputs.filter(({ id, kind }) => needed.has(id) || !measures(kind)),
    features,
    fallback: catalog.fallback,
  });
};

const presetCatalog = ({ preset, only, scope }: FeaturesConfig): FeatureCatalog | undefined => {
  const matchers = scopeOf(scope);
  if (preset === 'none') return undefined;
  if (preset === 'recorded') return recordedCatalog(given({ all: matchers.all, only }));
  return only ? narrow(defaultCatalog(matchers), only) : defaultCatalog(matchers);
};

/** The features that a checked configuration describes. */
export const catalogOf = (features: FeaturesConfig): FeatureCatalog => {
  const catalog = catalogFromConfig([...featuresOfPacks(features.packs), ...features.selectors.map(userFeature)], presetCatalog(features));
  const fallback: IdentityFallback = features.fallbackLabels ? { labels: features.fallbackLabels } : DEFAULT_FALLBACK;
  return fallback === DEFAULT_FALLBACK ? catalog : defineCatalog(catalog.name, { ...catalog, fallback });
};
