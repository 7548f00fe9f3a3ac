import type { BackEnd } from '../back-end.ts';

/** All back-ends, the ones to prefer first. */
export const BACK_ENDS: readonly BackEnd[] = [];
