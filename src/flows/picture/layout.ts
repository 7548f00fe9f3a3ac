import { type FlowFeature, STRICT_FEATURES } from '../features/catalogue.ts';
import { type FlowGroup, STATISTICS } from '../record/columns.ts';

/** Pixels along each side. */
export const SIDE = 32;
/** A feature is a block of 3 x 3 pixels: 77 of them fill most of 10 x 10 places. */
export const BLOCK = 3;
const PER_ROW = Math.floor(SIDE / BLOCK);

/** A feature's place: its upper left pixel. */
export interface Place {
  readonly feature: FlowFeature;
  readonly group: FlowGroup;
  readonly x: number;
  readonly y: number;
}

/** Features in the order of their groups, row after row: neighbours are alike, and every flow is laid out alike. */
export const PICTURE_LAYOUT: readonly Place[] = STRICT_FEATURES.map((feature, i) => ({
  feature,
  group: STATISTICS[feature.place]!.group,
  x: (i % PER_ROW) * BLOCK,
  y: Math.floor(i / PER_ROW) * BLOCK,
}));
