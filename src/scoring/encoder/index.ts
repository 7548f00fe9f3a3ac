export { unitFloorOf } from '../unit-floor.ts';
export { type Agreement, createAgreement } from './agreement.ts';
export { type EncoderScoreOptions, scoreWithEncoder } from './encoder-scores.ts';
export { fillWindow, type ScaledMetric, scaleMetric } from './scaled-metric.ts';
