import type { LearnedMode } from './window-model.ts';

/** How a learned model is asked for: `auto` is `on` where it pays. */
export const LEARNED_SETTINGS = ['auto', 'off', 'shadow', 'on'] as const;
export type LearnedSetting = (typeof LEARNED_SETTINGS)[number];

/** The one shipped setting: of the exporter, and of `evaluate`, which judges it. */
export const DEFAULT_LEARNED: LearnedSetting = 'auto';

/** Below a minute score and encoder hardly ever decide together: on simulated clusters at 30 s not one alarm of 475 workload-days came or went with it. */
const PAYS_FROM_SECONDS = 60;

/** @param stepSeconds usual distance of two samples */
export const learnedModeOf = (setting: LearnedSetting, stepSeconds: number): LearnedMode =>
  setting !== 'auto' ? setting : stepSeconds >= PAYS_FROM_SECONDS ? 'on' : 'off';
