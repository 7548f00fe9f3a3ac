import type { FrameFeature, FrameLayout } from '../conventions/index.ts';
import type { CatalogFeature } from './catalog.ts';
import type { Plan } from './plan.ts';

/** A layout and the catalogue features behind its columns. */
export interface LayoutEntry {
  readonly layout: FrameLayout;
  /** Catalogue index of each column. */
  readonly features: Int32Array;
  /** Column of the throttled share, or -1. */
  readonly throttled: number;
}

export interface Layouts {
  /** The shared layout of a set of features, 1 per feature that is in it. */
  of(has: Uint8Array): LayoutEntry;
}

const frameFeature = ({ name, unit, unitClass, min, max }: CatalogFeature): FrameFeature => ({
  name,
  unit,
  unitClass,
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});

/** One object per set of columns: 10,000 workloads share a handful. */
export const createLayouts = (plan: Plan, throttledFeature: string): Layouts => {
  const known = new Map<string, LayoutEntry>();
  const columns = plan.features.map(({ feature }) => frameFeature(feature));
  return {
    of: (has) => {
      const indexes: number[] = [];
      for (let i = 0; i < has.length; i++) if (has[i] === 1) indexes.push(i);
      const key = indexes.join();
      const entry = known.get(key);
      if (entry) return entry;
      const features = indexes.map((index) => columns[index]!);
      const made: LayoutEntry = {
        layout: { version: plan.catalog.version, features },
        features: Int32Array.from(indexes),
        throttled: features.findIndex(({ name }) => name === throttledFeature),
      };
      known.set(key, made);
      return made;
    },
  };
};
