export * from './catalog.ts';
export * from './default-catalog.ts';
export * from './feature-extractor.ts';
export { NODE_FEATURES } from './node-features.ts';
export { CPU_LIMIT_FEATURE, POD_FEATURES } from './pod-features.ts';
export * from './recorded-catalog.ts';
export * from './recording-catalog.ts';
export * from './unit-class.ts';
export { catalogFromConfig, type UserFeature } from './user-catalog.ts';
