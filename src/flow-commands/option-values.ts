import { share } from '../command-line/index.ts';

/** Above 0, at most 1. */
export const effort = (text: string): number => (text === '1' ? 1 : share(text));
