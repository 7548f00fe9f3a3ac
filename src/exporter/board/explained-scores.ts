import type { Score } from '../../conventions/index.ts';

/**
 * The newest scores that carry contributors, over all workloads, first in first out: so that one noisy hour of a whole cluster
 * cannot take more memory than `maxScores` records.
 */
export interface ExplainedScores {
  add(id: string, score: Score): void;
  /** In rising time. */
  of(id: string): readonly Score[];
  remove(id: string): void;
  readonly size: number;
}

export const createExplainedScores = (maxScores: number): ExplainedScores => {
  const byWorkload = new Map<string, Score[]>();
  // The list that got the record of each slot: lists fill and empty in slot order, so the oldest slot is its list's first record.
  const owners = new Array<Score[] | undefined>(maxScores).fill(undefined);
  let head = 0;
  let size = 0;

  return {
    add: (id, score) => {
      const list = byWorkload.get(id) ?? [];
      byWorkload.set(id, list);
      const slot = head++ % maxScores;
      if (owners[slot]?.shift()) size--;
      owners[slot] = list;
      list.push(score);
      size++;
    },
    of: (id) => byWorkload.get(id) ?? [],
    remove: (id) => {
      const list = byWorkload.get(id);
      if (!list) return;
      size -= list.length;
      list.length = 0;
      byWorkload.delete(id);
    },
    get size() {
      return size;
    },
  };
};
