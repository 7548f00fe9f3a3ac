export { type AlertRuleOptions, type FiringSpan, replayAlertRule, type ScoreSample } from './alert-replay.ts';
export * from './classic/index.ts';
export * from './encoder/index.ts';
export type { LearnedStats } from './learned-detector.ts';
export type { Lesson } from './lessons/index.ts';
export * from './scorer.ts';
export type { LearnedMode, WindowBatch, WindowModel } from './window-model.ts';
export { createScorer } from './workload-scorer.ts';
