import { parser } from '@prometheus-io/lezer-promql';
import { formatDuration, parseDuration } from '../../src/synth/options/duration.ts';
import type { AlertRule } from './rules-of-bundle.ts';

export interface Mutant {
  readonly what: string;
  readonly rule: AlertRule;
}

const FLIPS: Readonly<Record<string, readonly string[]>> = {
  '>=': ['<', '>'],
  '>': ['<=', '>='],
  '<=': ['>', '<'],
  '<': ['>=', '<='],
  '==': ['!='],
  '!=': ['=='],
};
const COMPARISONS = new Set(['Gtr', 'Gte', 'Lss', 'Lte', 'Eql', 'Neq']);

/** A tenth up and down; what counts things is one more or less, and zero becomes one. */
const otherNumbers = (text: string): readonly string[] => {
  const value = Number(text);
  if (value === 0) return ['1'];
  return Number.isInteger(value) && value > 1 && value <= 10
    ? [String(value + 1), String(value - 1)]
    : [String(value * 1.1), String(value * 0.9)];
};
const otherDurations = (text: string): readonly string[] => {
  const seconds = parseDuration(text) ?? 0;
  return [formatDuration(seconds * 2), formatDuration(Math.floor(seconds / 2))];
};

/** Every comparison turned and every number and duration changed, one at a time. */
export const mutantsOf = (rule: AlertRule): readonly Mutant[] => {
  const mutants: Mutant[] = [];
  const { expr } = rule;
  let functions: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to, node }) => {
      const text = expr.slice(from, to);
      functions = type.name === 'FunctionIdentifier' ? [text] : functions;
      const replace = (others: readonly string[]): void => {
        for (const other of others)
          mutants.push({ what: `${text} at ${from} as ${other}`, rule: { ...rule, expr: expr.slice(0, from) + other + expr.slice(to) } });
      };
      // A matcher is written with the same signs.
      if (COMPARISONS.has(type.name) && node.parent?.type.name === 'BinaryExpr') replace(FLIPS[text] ?? []);
      if (type.name === 'DurationExpr') replace(otherDurations(text));
      // The value of vector(1) means nothing.
      if (type.name === 'NumberDurationLiteral' && functions[0] !== 'vector') replace(otherNumbers(text));
    },
  });
  for (const key of ['for', 'keep_firing_for'] as const) {
    const duration = rule[key];
    if (duration !== undefined)
      for (const other of otherDurations(duration))
        mutants.push({ what: `${key}: ${duration} as ${other}`, rule: { ...rule, [key]: other } });
  }
  return mutants;
};
