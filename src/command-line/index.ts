export * from './config-flags.ts';
export * from './option-values.ts';
export * from './program.ts';
