export { type AlertRuleOptions, type FiringSpan, replayAlertRule, type ScoreSample } from './alert-replay.ts';
export * from './scorer.ts';
export { createScorer } from './workload-scorer.ts';
