import { nearestRow } from '../detect/prototypes.ts';
import { CONTEXT_WIDTH } from '../endpoint/context.ts';
import { type Share, shareOf } from '../measure/wilson.ts';
import type { FewShotModel } from '../model/flow-model.ts';
import { cheapest, createLikeness } from './few-shot.ts';

export interface FamilyEstimate {
  readonly family: string;
  readonly examples: number;
  /** Examples that lie above the gate. */
  readonly passing: Share;
  /** Of those, with each example judged by the others: its own family is the nearest. Absent with one example. */
  readonly recognised?: Share;
}

/** How well each family would be recognised, as far as its examples can tell. */
export const estimateRecall = (model: FewShotModel): FamilyEstimate[] => {
  const { base, shots, contexts, families, recipe } = model;
  const width = shots.length / families.length;
  const gate = recipe === 'd' ? base.gates.q995 : base.gates.q99;
  const likenessOf = createLikeness(model);
  return [...new Set(families)].map((family) => {
    const own = families.flatMap((each, i) => (each === family ? [i] : []));
    let passing = 0;
    let recognised = 0;
    for (const i of own) {
      const point = shots.slice(i * width, (i + 1) * width);
      const { distance } = nearestRow(base.prototypes.rows, base.prototypes.count, point);
      if (distance < gate) continue;
      passing++;
      const near = likenessOf(point, contexts.slice(i * CONTEXT_WIDTH, (i + 1) * CONTEXT_WIDTH), i);
      const isNearer = recipe === 'd' || near.distance < distance;
      if (near.distance < Number.POSITIVE_INFINITY && cheapest(near.names, near.costs) === family && isNearer) recognised++;
    }
    return {
      family,
      examples: own.length,
      passing: shareOf(passing, own.length),
      ...(own.length > 1 ? { recognised: shareOf(recognised, own.length) } : {}),
    };
  });
};
