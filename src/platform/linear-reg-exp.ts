import { setFlagsFromString } from 'node:v8';

// Allows the flag `l`: such an expression is matched in time linear in the text, or cannot be made. Others stay as they are.
setFlagsFromString('--enable-experimental-regexp-engine');

// Far above what names and references need.
const MAX_PATTERN_LENGTH = 1000;
/** What repeats in another repetition, looks around or refers back: these can take a backtracking engine for ever. */
const RISKY = /\)[*+?{]|\(\?[=!<]|\\[1-9]|\\k</;
const QUANTIFIER = /[*+}]/g;
// Each multiplies the work by the length of the text.
const MAX_QUANTIFIERS = 3;

/**
 * A regular expression from somebody's configuration, for text from somebody else: no pattern keeps the process busy. Throws an `Error`
 * with one sentence for a pattern that is wrong, or that would need backtracking.
 */
export const createLinearRegExp = (pattern: string): RegExp => {
  if (pattern.length > MAX_PATTERN_LENGTH) throw new Error(`the pattern is longer than ${MAX_PATTERN_LENGTH} characters`);
  try {
    return new RegExp(pattern, 'l');
  } catch {
    // Long counted repetitions have no linear form, and where they stand alone they need none.
    const expression = new RegExp(pattern);
    if (RISKY.test(pattern) || (pattern.match(QUANTIFIER)?.length ?? 0) > MAX_QUANTIFIERS)
      throw new Error(`the pattern ${pattern} cannot be matched in linear time: leave out lookaround, references and nested counts`);
    return expression;
  }
};
