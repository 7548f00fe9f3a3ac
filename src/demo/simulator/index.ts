export * from './cluster-plan.ts';
export * from './event-plan.ts';
export * from './families.ts';
export { NOISE_PROFILES, type NoiseProfile } from './noise-profiles.ts';
export * from './scenarios.ts';
export type { ScrapeBatch, SeriesTable } from './series-table.ts';
export * from './signals.ts';
export * from './simulation.ts';
