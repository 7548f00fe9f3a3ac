export * from './judge.ts';
export * from './run-trial.ts';
export * from './summary.ts';
