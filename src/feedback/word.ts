/**
 * What a person can say about a stretch of a workload's time.
 * `confirmed`: the alert was right. `expected`: it is known and may be silent until the verdict expires. `false_alarm`: it should not have come.
 * `new_trend`: this is how the workload behaves from now on. `missed`: no alert came, but one should have.
 */
export const VERDICT_WORDS = ['confirmed', 'expected', 'false_alarm', 'new_trend', 'missed'] as const;
export type VerdictWord = (typeof VERDICT_WORDS)[number];
