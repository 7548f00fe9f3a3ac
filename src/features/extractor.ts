import type { FeatureCatalog } from './catalog.ts';
import { createEngine } from './engine.ts';
import type { FeatureExtractor, FeatureStats, PaceOptions } from './feature-extractor.ts';
import { createGridPace } from './grid-pace.ts';
import { createSamplesPace } from './samples-pace.ts';

/**
 * Makes frames of workloads from the series a catalogue names. Holds about 200 bytes per series and 1 KB per workload; series,
 * pods and workloads that are not seen any more are forgotten. Throws where the step is not above 0.
 */
export const createFeatureExtractor = (catalog: FeatureCatalog, options: PaceOptions): FeatureExtractor => {
  if (!(options.stepMs > 0)) throw new Error(`stepMs must be above 0, not ${options.stepMs}`);
  const engine = createEngine(catalog, options.stepMs);
  const pace = options.pace === 'grid' ? createGridPace(engine) : createSamplesPace(engine);
  const { totals, table, placement, identity } = engine;
  const stats: FeatureStats = {
    get lateSamples() {
      return totals.lateSamples;
    },
    get duplicateSamples() {
      return totals.duplicateSamples;
    },
    get badSamples() {
      return totals.badSamples;
    },
    get counterResets() {
      return totals.counterResets;
    },
    get droppedSeries() {
      return totals.droppedSeries;
    },
    get series() {
      return table.count;
    },
    get pods() {
      return placement.pods;
    },
    get guessedPods() {
      return identity.guessedPods;
    },
    get workloads() {
      return identity.workloads.size;
    },
  };
  return { selectors: catalog.inputs.map(({ selector }) => selector), push: pace.push, advance: pace.advance, stats };
};
