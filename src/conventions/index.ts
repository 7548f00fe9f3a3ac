export * from './alert-rule.ts';
export * from './declaration.ts';
export * from './frame.ts';
export * from './metric.ts';
export * from './ports.ts';
export * from './score.ts';
export * from './series.ts';
export * from './workload.ts';
