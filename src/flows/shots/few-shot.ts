import { BellwetherError } from '../../platform/index.ts';
import { flowKey, sizePoint } from '../detect/benign.ts';
import { BENIGN, type FlowDetector, type Judgement } from '../detect/judgement.ts';
import { disagreement, nearestRow } from '../detect/prototypes.ts';
import { reasonsOf } from '../detect/reasons.ts';
import { CONTEXT_WIDTH, OWN_CONTEXT } from '../endpoint/context.ts';
import type { FlowTable } from '../features/flow-table.ts';
import { SIZE_COLUMNS } from '../features/size-columns.ts';
import type { BenignModel, FewShotModel, Recipe } from '../model/flow-model.ts';
import { createCompanyTable } from './company.ts';
import { createLinkTable } from './link.ts';

/** In the choice of a family the surroundings may disagree by this much per number, and count this much more than a field. */
const CONTEXT_CAP = 3;
const CONTEXT_WEIGHT = 2;
/** Examples kept per family: more is a training set, and `supervised` is for that. */
export const MAX_SHOTS = 10;

const WIDTH = SIZE_COLUMNS.length;

export interface LearnOptions {
  readonly recipe: Recipe;
  /** Whether the table holds the flows around the examples too. */
  readonly hasSurroundings: boolean;
}

/** Up to `MAX_SHOTS` examples of each family, evenly spread over those there are. */
export const chooseShots = (table: FlowTable): number[] => {
  const byFamily = new Map<string, number[]>();
  for (const [row, family] of table.families.entries()) if (family !== '') byFamily.set(family, [...(byFamily.get(family) ?? []), row]);
  return [...byFamily.values()].flatMap((rows) =>
    rows.length <= MAX_SHOTS ? rows : Array.from({ length: MAX_SHOTS }, (_, i) => rows[Math.floor((i * rows.length) / MAX_SHOTS)]!),
  );
};

/** Adds examples to a benign model. Throws `invalid_input` where there are none. */
export const learnShots = (base: BenignModel, table: FlowTable, rows: readonly number[], options: LearnOptions): FewShotModel => {
  if (rows.length === 0) throw new BellwetherError('invalid_input', 'there are no examples: every row is benign');
  const places = new Map(base.surroundings.keys.map((key, i) => [key, i]));
  const shots = new Float64Array(rows.length * WIDTH);
  const contexts = new Float64Array(rows.length * CONTEXT_WIDTH);
  let isKnown = true;
  for (const [i, row] of rows.entries()) {
    sizePoint(base.prototypes, table, row, shots.subarray(i * WIDTH, (i + 1) * WIDTH));
    const remembered = places.get(flowKey(table, row));
    const own = table.contexts.subarray(row * CONTEXT_WIDTH, (row + 1) * CONTEXT_WIDTH);
    const from =
      remembered === undefined ? own : base.surroundings.contexts.subarray(remembered * CONTEXT_WIDTH, (remembered + 1) * CONTEXT_WIDTH);
    contexts.set(from, i * CONTEXT_WIDTH);
    if (remembered === undefined && !options.hasSurroundings) isKnown = false;
  }
  return {
    kind: 'few-shot',
    recipe: options.recipe,
    base,
    families: rows.map((row) => table.families[row]!),
    shots,
    contexts,
    hasSurroundings: isKnown,
    ids: rows.map((row) => flowKey(table, row)),
  };
};

/** What a flow is like, of the examples. */
export interface Likeness {
  /** Families of the examples, each once. */
  readonly names: readonly string[];
  /** Per family: distance to the nearest of its examples, surroundings included; infinite where all were left out. */
  readonly costs: Float64Array;
  /** To the nearest example of all, by the fields alone. */
  readonly distance: number;
}

/** Compares flows with the examples of a model. */
export const createLikeness = ({ base, shots, contexts, families, hasSurroundings }: FewShotModel) => {
  const names = [...new Set(families)];
  const familyOf = families.map((family) => names.indexOf(family));
  const { deviations } = base.contextScaler;
  return (point: Float64Array, context: Float64Array, leftOut = -1): Likeness => {
    const costs = new Float64Array(names.length).fill(Number.POSITIVE_INFINITY);
    let distance = Number.POSITIVE_INFINITY;
    for (let i = 0; i < families.length; i++) {
      if (i === leftOut) continue;
      let fields = 0;
      for (let k = 0; k < WIDTH; k++) fields += Math.min(Math.abs(point[k]! - shots[i * WIDTH + k]!), 1);
      let around = 0;
      for (let k = hasSurroundings ? 0 : OWN_CONTEXT; k < CONTEXT_WIDTH; k++)
        around += Math.min(Math.abs(context[k]! - contexts[i * CONTEXT_WIDTH + k]!) / deviations[k]!, CONTEXT_CAP);
      if (fields < distance) distance = fields;
      costs[familyOf[i]!] = Math.min(costs[familyOf[i]!]!, fields + CONTEXT_WEIGHT * around);
    }
    return { names, costs, distance };
  };
};

/** The family with the least cost. */
export const cheapest = (names: readonly string[], costs: Float64Array): string => {
  let best = 0;
  for (let i = 1; i < names.length; i++) if (costs[i]! < costs[best]!) best = i;
  return names[best]!;
};

/**
 * Recipe d: what lies further from benign flows than 99.5 % of benign time does is of the family of the nearest example. Recipe g: above 99 %, and nearer to
 * an example than to any benign flow; or above 90 % and from a client of whose flows of the last minute half were called attacks. In the choice of the family, and
 * there alone, the other attacks of the client's last minute count as much as the flow itself.
 */
export const createFewShotDetector = (model: FewShotModel): FlowDetector => {
  const { base, recipe } = model;
  const likenessOf = createLikeness(model);
  const links = createLinkTable();
  const company = createCompanyTable();
  const gate = recipe === 'd' ? base.gates.q995 : base.gates.q99;
  return {
    judge: (table) =>
      Array.from({ length: table.matrix.count }, (_, row): Judgement => {
        const point = new Float64Array(WIDTH);
        sizePoint(base.prototypes, table, row, point);
        const benign = nearestRow(base.prototypes.rows, base.prototypes.count, point);
        const context = table.contexts.subarray(row * CONTEXT_WIDTH, (row + 1) * CONTEXT_WIDTH);
        const near = likenessOf(point, context);
        const { client } = table.conversations[row]!;
        const startMs = table.startsMs[row]!;
        const own = benign.distance / gate;
        let score = recipe === 'd' ? own : Math.min(own, benign.distance / Math.max(near.distance, 1e-9));
        let isLinked = false;
        if (recipe === 'g') {
          isLinked = score < 1 && benign.distance > base.gates.q90 && links.isSuspect(client, startMs);
          if (isLinked) score = 1;
          links.add(client, startMs, score >= 1);
        }
        return {
          score,
          family: score >= 1 ? cheapest(near.names, company.weigh(client, startMs, near.costs)) : BENIGN,
          isLinked,
          reasons: () =>
            reasonsOf(
              disagreement(base.prototypes.rows, benign.index, point),
              base.prototypes.scaler,
              point,
              (k) => base.prototypes.rows[benign.index * WIDTH + k]!,
            ),
        };
      }),
  };
};
