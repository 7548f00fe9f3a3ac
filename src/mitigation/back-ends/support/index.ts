export * from './abilities.ts';
export * from './acceptance.ts';
export * from './declaration-of.ts';
export * from './isolation.ts';
export * from './outcome.ts';
export * from './rate.ts';
