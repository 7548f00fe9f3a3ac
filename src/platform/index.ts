export * from './clock.ts';
export * from './error.ts';
export * from './random.ts';
