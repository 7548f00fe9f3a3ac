import { Environment } from '@marcbachmann/cel-js';
import { createLinearRegExp } from '../../platform/index.ts';
import { parseQuantity } from '../model/quantity.ts';

/** A quantity inside CEL, as `quantity()` of Kubernetes gives it. */
class Quantity {
  readonly amount: number;
  constructor(amount: number) {
    this.amount = amount;
  }
}

// Far above what published policies use; they stop a policy from being a program.
const LIMITS = { maxAstNodes: 20_000, maxDepth: 200, maxListElements: 1000, maxMapEntries: 1000, maxCallArguments: 32 } as const;
const MAX_TEXT_LENGTH = 100_000;

const quantity = (text: string): Quantity => {
  const amount = parseQuantity(text);
  if (amount === undefined) throw new Error(`${text} is not a quantity`);
  return new Quantity(amount);
};

// A policy uses the same few patterns for every object; some make theirs from the object.
const MAX_PATTERNS = 1000;
const patterns = new Map<string, RegExp>();

const expression = (pattern: string, text: string): RegExp => {
  if (text.length > MAX_TEXT_LENGTH) throw new Error('the text is too long for a pattern');
  let known = patterns.get(pattern);
  if (!known) {
    known = createLinearRegExp(pattern);
    if (patterns.size >= MAX_PATTERNS) patterns.clear();
    patterns.set(pattern, known);
  }
  return known;
};

const findAll = (text: string, pattern: string): string[] => {
  const { source, flags } = expression(pattern, text);
  return text.match(new RegExp(source, `${flags}g`)) ?? [];
};

const MATCHES_OR_TEXT = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\.\s*matches\s*\(/g;

/** The same expression with our `matches` in place of the library's, which a pattern could keep busy for ever. */
export const withLinearMatches = (source: string): string =>
  source.replaceAll(MATCHES_OR_TEXT, (all: string, text: string | undefined) => (text === undefined ? '.matchesLinearly(' : all));

/** Variables of a ValidatingAdmissionPolicy, and `pod` and `container` for rules on these. */
export const CEL_VARIABLES = ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables', 'pod', 'container'] as const;

/** CEL with the variables and the most used libraries of ValidatingAdmissionPolicy. */
export const createCelEnvironment = (): Environment => {
  const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false, limits: LIMITS });
  for (const name of CEL_VARIABLES) environment.registerVariable(name, 'dyn');
  return environment
    .registerType('Quantity', Quantity)
    .registerFunction('quantity(string): Quantity', quantity)
    .registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== undefined)
    .registerFunction('Quantity.isGreaterThan(Quantity): bool', (a: Quantity, b: Quantity) => a.amount > b.amount)
    .registerFunction('Quantity.isLessThan(Quantity): bool', (a: Quantity, b: Quantity) => a.amount < b.amount)
    .registerFunction('Quantity.compareTo(Quantity): int', (a: Quantity, b: Quantity) => BigInt(Math.sign(a.amount - b.amount)))
    .registerFunction('Quantity.add(Quantity): Quantity', (a: Quantity, b: Quantity) => new Quantity(a.amount + b.amount))
    .registerFunction('Quantity.sub(Quantity): Quantity', (a: Quantity, b: Quantity) => new Quantity(a.amount - b.amount))
    .registerFunction('Quantity.sign(): int', (a: Quantity) => BigInt(Math.sign(a.amount)))
    .registerFunction('Quantity.isInteger(): bool', (a: Quantity) => Number.isInteger(a.amount))
    .registerFunction('Quantity.asInteger(): int', (a: Quantity) => BigInt(a.amount))
    .registerFunction('Quantity.asApproximateFloat(): double', (a: Quantity) => a.amount)
    .registerFunction('string.matchesLinearly(string): bool', (text: string, pattern: string) => expression(pattern, text).test(text))
    .registerFunction('string.find(string): string', (text: string, pattern: string) => expression(pattern, text).exec(text)?.[0] ?? '')
    .registerFunction('string.findAll(string): list', findAll);
};
