/** Part of each class, by time, that is learned from. */
const LEARNED_SHARE = 0.6;
/** Rows left out between what is learned and what judges in one stretch: features look back that far. */
export const LOOK_BACK_ROWS = 6;

/** Where a row belongs. */
export const PART = { none: 0, learned: 1, judged: 2 } as const;

interface Stretch {
  readonly rows: readonly number[];
  readonly label: number;
}

/** Rows of one class in a row; rows come in rising time. */
const stretchesOf = (labels: Uint8Array, isEdge: Uint8Array): Stretch[] => {
  const stretches: { rows: number[]; label: number }[] = [];
  for (let i = 0; i < labels.length; i++) {
    if (i === 0 || labels[i] !== labels[i - 1]) stretches.push({ rows: [], label: labels[i]! });
    if (!isEdge[i]) stretches.at(-1)!.rows.push(i);
  }
  return stretches.filter(({ rows }) => rows.length > 0);
};

/**
 * Splits one workload's rows in blocks of time: of a class with two or more stretches the earlier ones are learned from and the later ones judge;
 * a class that was seen once is cut inside its stretch, which is easier than another occasion would be.
 */
export const splitBlocks = (
  labels: Uint8Array,
  isEdge: Uint8Array,
): { readonly part: Uint8Array; readonly cutInside: readonly number[] } => {
  const part = new Uint8Array(labels.length);
  const cutInside: number[] = [];
  const stretches = stretchesOf(labels, isEdge);
  for (const label of new Set(stretches.map((stretch) => stretch.label))) {
    const own = stretches.filter((stretch) => stretch.label === label);
    if (own.length > 1) {
      const learned = Math.min(own.length - 1, Math.max(1, Math.round(LEARNED_SHARE * own.length)));
      own.forEach(({ rows }, i) => {
        for (const row of rows) part[row] = i < learned ? PART.learned : PART.judged;
      });
      continue;
    }
    cutInside.push(label);
    const rows = own[0]!.rows;
    const border = Math.floor(LEARNED_SHARE * rows.length);
    for (const [i, row] of rows.entries()) part[row] = i < border ? PART.learned : i >= border + LOOK_BACK_ROWS ? PART.judged : PART.none;
  }
  return { part, cutInside };
};
