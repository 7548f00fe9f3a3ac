import { SIZE_FEATURES, STRICT_FEATURES } from './catalogue.ts';

/** Where the features of recipe A lie among the strict ones. */
export const SIZE_COLUMNS: Int32Array = Int32Array.from(SIZE_FEATURES, (feature) => STRICT_FEATURES.indexOf(feature));
