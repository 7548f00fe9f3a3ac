export * from './simulator/index.ts';
export * from './trial/index.ts';
