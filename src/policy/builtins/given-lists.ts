import { compileGlob } from '../exceptions/glob.ts';
import { type JsonRecord, stringsOf } from '../model/value.ts';

const RANGE = /^(\d{1,10})(?:-(\d{1,10}))?$/;

/** Whether a number is in one of the ranges: `22`, `8000-8100`. */
export const inRanges = (value: number, ranges: readonly string[]): boolean =>
  ranges.some((range) => {
    const match = RANGE.exec(range);
    return match !== null && value >= Number(match[1]) && value <= Number(match[2] ?? match[1]);
  });

type Match = (text: string) => boolean;

const compiled = new WeakMap<JsonRecord, Map<string, Match>>();

const compileSafely = (glob: string): Match => {
  try {
    return compileGlob(glob);
  } catch {
    // A glob that could be slow stands for itself; the schema of the parameter keeps such away.
    return (text) => text === glob;
  }
};

/** A matcher for the globs in one parameter, compiled once for each set of params. */
export const matcherOf = (params: JsonRecord, name: string): Match => {
  let byName = compiled.get(params);
  if (!byName) {
    byName = new Map();
    compiled.set(params, byName);
  }
  let matches = byName.get(name);
  if (!matches) {
    const list = stringsOf(params[name]).map(compileSafely);
    matches = (text) => list.some((match) => match(text));
    byName.set(name, matches);
  }
  return matches;
};
