/** What a classifier does with the rows of one class. Undefined = nothing to divide by. */
export interface ClassFigures {
  readonly name: string;
  readonly rows: number;
  readonly precision: number | undefined;
  readonly recall: number | undefined;
  readonly f1: number | undefined;
}

/** The customary figures of a classifier, row by row. */
export interface Classification {
  readonly rows: number;
  readonly accuracy: number | undefined;
  readonly classes: readonly ClassFigures[];
  /** Means over classes that have rows. */
  readonly macro: { readonly precision: number | undefined; readonly recall: number | undefined; readonly f1: number | undefined };
  /** Share of pairs of an abnormal and a normal row in which the abnormal one has the higher score, ties half; undefined without both kinds. */
  readonly rocAuc: number | undefined;
  /** Rows by true class, then by the class they were given. */
  readonly confusion: readonly (readonly number[])[];
}

const ratio = (part: number, whole: number): number | undefined => (whole > 0 ? part / whole : undefined);
const meanOf = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return ratio(
    known.reduce((sum, value) => sum + value, 0),
    known.length,
  );
};

/** Area under the receiver operating characteristic by ranks (Mann and Whitney, 1947), equal scores at their mean rank. */
export const rocAuc = (isPositive: Uint8Array, scores: Float64Array): number | undefined => {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  let positives = 0;
  let rankSum = 0;
  for (let i = 0; i < order.length; ) {
    let end = i + 1;
    while (end < order.length && scores[order[end]!] === scores[order[i]!]) end++;
    const rank = (i + 1 + end) / 2;
    for (let k = i; k < end; k++) {
      if (!isPositive[order[k]!]) continue;
      positives++;
      rankSum += rank;
    }
    i = end;
  }
  const negatives = order.length - positives;
  return ratio(rankSum - (positives * (positives + 1)) / 2, positives * negatives);
};

/**
 * @param truth class of each row, as a place in `names`; the first one is the normal class
 * @param given class that each row was given
 * @param scores how abnormal each row was found
 */
export const classify = (names: readonly string[], truth: Uint8Array, given: Uint8Array, scores: Float64Array): Classification => {
  const confusion = names.map(() => names.map(() => 0));
  for (let i = 0; i < truth.length; i++) confusion[truth[i]!]![given[i]!]! += 1;
  const classes = names.map((name, c): ClassFigures => {
    const rows = confusion[c]!.reduce((a, b) => a + b, 0);
    const hits = confusion[c]![c]!;
    const claimed = confusion.reduce((sum, row) => sum + row[c]!, 0);
    return { name, rows, precision: ratio(hits, claimed), recall: ratio(hits, rows), f1: ratio(2 * hits, rows + claimed) };
  });
  const present = classes.filter(({ rows }) => rows > 0);
  const hits = confusion.reduce((sum, row, c) => sum + row[c]!, 0);
  return {
    rows: truth.length,
    accuracy: ratio(hits, truth.length),
    classes,
    macro: {
      // A class that was never given has precision 0, not none: leaving it out would reward silence.
      precision: meanOf(present.map(({ precision }) => precision ?? 0)),
      recall: meanOf(present.map(({ recall }) => recall)),
      f1: meanOf(present.map(({ f1 }) => f1)),
    },
    rocAuc: rocAuc(
      truth.map((c) => (c > 0 ? 1 : 0)),
      scores,
    ),
    confusion,
  };
};
