import type { Judgement } from './fit-encoder.ts';

/** One-sided, one in twenty: a challenger that is no better passes this rarely by luck. */
const LEAST_Z = 1.645;

export interface Verdict {
  readonly isBetter: boolean;
  /** For people, with the figures. */
  readonly reason: string;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** Whether a challenger is better than the champion on the same later triplets, by more than chance (McNemar, 1947, without correction). Without a champion it is. */
export const compareModels = (challenger: Judgement, champion: Judgement | undefined): Verdict => {
  const own = `it sets ${percent(challenger.separation)} of ${challenger.hits.length} later windows apart from changed ones`;
  if (!champion) return { isBetter: true, reason: `${own}; there was no model before it` };
  let gained = 0;
  let lost = 0;
  for (const [i, hit] of challenger.hits.entries()) {
    if (hit > champion.hits[i]!) gained++;
    else if (hit < champion.hits[i]!) lost++;
  }
  const z = gained + lost === 0 ? 0 : (gained - lost) / Math.sqrt(gained + lost);
  const isBetter = z >= LEAST_Z;
  return {
    isBetter,
    reason: `${own}, the current one ${percent(champion.separation)}: ${isBetter ? 'better' : 'not better beyond chance'} (${gained} gained, ${lost} lost)`,
  };
};
