import type { Evaluation } from '../evaluate.ts';

/** The whole evaluation as JSON; what has no value is null. */
export const formatJson = (evaluation: Evaluation): string =>
  `${JSON.stringify(evaluation, (_, value: unknown) => (value === undefined ? null : value), 2)}\n`;
