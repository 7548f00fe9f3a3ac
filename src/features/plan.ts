import type { LabelMatcher, Labels } from '../conventions/index.ts';
import type { CatalogFeature, Combine, FeatureCatalog, Formula, Term } from './catalog.ts';
import { SLOW_HOLD_MS } from './catalog.ts';

/** A catalogue with names turned into indexes, so that a tick touches arrays alone. */
export interface Plan {
  readonly catalog: FeatureCatalog;
  readonly terms: readonly PlanTerm[];
  /** Per input: its terms without a condition, and those with one. */
  readonly inputTerms: readonly (readonly number[])[];
  /** Per input: index of the share of limit it is the usage of, or -1. */
  readonly usageOf: Int32Array;
  /** Per input: index of the share of limit it is the limit of, or -1. */
  readonly limitOf: Int32Array;
  /** Label that joins usage and limit, per share. */
  readonly shareLabels: readonly string[];
  /** Per input: index of the bucket list it fills, or -1. */
  readonly bucketOf: Int32Array;
  readonly buckets: number;
  /** Per input: how long its newest value counts, ms. */
  readonly holdMs: Float64Array;
  readonly features: readonly PlanFeature[];
}

export interface PlanTerm {
  readonly input: number;
  readonly combine: Combine;
  readonly anyOf?: readonly LabelMatcher[];
}

export type PlanFormula =
  | { readonly kind: 'value'; readonly of: number; readonly complement: boolean }
  /** `part`: numerator and denominator are the same input, so a numerator without series is 0. */
  | { readonly kind: 'ratio'; readonly of: number; readonly over: number; readonly part: boolean; readonly complement: boolean }
  | { readonly kind: 'share'; readonly share: number }
  | { readonly kind: 'quantile'; readonly bucket: number; readonly q: number };

export interface PlanFeature {
  readonly feature: CatalogFeature;
  readonly formula: PlanFormula;
  readonly otherwise?: PlanFormula;
}

/** Does the matcher hold for the labels? A label that is absent is empty, as in PromQL. */
export const matcherHolds = (matcher: LabelMatcher, labels: Labels): boolean => {
  const value = labels[matcher.name] ?? '';
  switch (matcher.type) {
    case '=':
      return value === matcher.value;
    case '!=':
      return value !== matcher.value;
    case '=~':
      return anchored(matcher.value).test(value);
    case '!~':
      return !anchored(matcher.value).test(value);
  }
};

const anchored = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 's');

const shareKey = (formula: Formula & { kind: 'share_of_limit' }): string => `${formula.usage}/${formula.limit}/${formula.by}`;

/** Throws where one input would be the usage of two different limits: a series has one partner. */
export const createPlan = (catalog: FeatureCatalog, carryMs: number): Plan => {
  const inputIndex = new Map(catalog.inputs.map((input, index) => [input.id, index]));
  const terms: PlanTerm[] = [];
  const termIndex = new Map<string, number>();
  const shares: string[] = [];
  const shareLabels: string[] = [];
  const bucketInputs: number[] = [];
  const usageOf = new Int32Array(catalog.inputs.length).fill(-1);
  const limitOf = new Int32Array(catalog.inputs.length).fill(-1);
  const bucketOf = new Int32Array(catalog.inputs.length).fill(-1);

  const input = (id: string): number => inputIndex.get(id)!;
  const term = (of: Term): number => {
    const key = JSON.stringify(of);
    const known = termIndex.get(key);
    if (known !== undefined) return known;
    const index = terms.push({ input: input(of.input), combine: of.combine, ...(of.anyOf ? { anyOf: of.anyOf } : {}) }) - 1;
    termIndex.set(key, index);
    return index;
  };
  const share = (formula: Formula & { kind: 'share_of_limit' }): number => {
    const known = shares.indexOf(shareKey(formula));
    if (known >= 0) return known;
    if (usageOf[input(formula.usage)] !== -1) throw new Error(`catalogue ${catalog.name}: ${formula.usage} is the usage of two limits`);
    const index = shares.push(shareKey(formula)) - 1;
    shareLabels.push(formula.by);
    usageOf[input(formula.usage)] = index;
    limitOf[input(formula.limit)] = index;
    return index;
  };
  const bucket = (id: string): number => {
    if (bucketOf[input(id)] === -1) bucketOf[input(id)] = bucketInputs.push(input(id)) - 1;
    return bucketOf[input(id)]!;
  };
  const compile = (formula: Formula): PlanFormula => {
    switch (formula.kind) {
      case 'value':
        return { kind: 'value', of: term(formula.of), complement: formula.complement ?? false };
      case 'ratio':
        return {
          kind: 'ratio',
          of: term(formula.of),
          over: term(formula.over),
          part: formula.of.input === formula.over.input,
          complement: formula.complement ?? false,
        };
      case 'share_of_limit':
        return { kind: 'share', share: share(formula) };
      case 'quantile':
        return { kind: 'quantile', bucket: bucket(formula.of), q: formula.q };
    }
  };
  const features = catalog.features.map((feature) => ({
    feature,
    formula: compile(feature.formula),
    ...(feature.otherwise ? { otherwise: compile(feature.otherwise) } : {}),
  }));
  const inputTerms: number[][] = catalog.inputs.map(() => []);
  terms.forEach((each, index) => {
    inputTerms[each.input]!.push(index);
  });
  const holdMs = Float64Array.from(catalog.inputs, (each) => ('slow' in each && each.slow ? Math.max(SLOW_HOLD_MS, carryMs) : carryMs));
  return { catalog, terms, inputTerms, usageOf, limitOf, shareLabels, bucketOf, buckets: bucketInputs.length, holdMs, features };
};
