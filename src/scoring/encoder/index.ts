export { unitFloorOf } from '../unit-floor.ts';
export { fillWindow, type ScaledMetric, scaleMetric } from './scaled-metric.ts';
