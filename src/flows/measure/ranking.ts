const fallingOrder = (scores: ArrayLike<number>): Int32Array =>
  Int32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);

/** Average precision (the area under precision over recall as steps), equal scores taken together; NaN where nothing is positive. */
export const prAuc = (scores: ArrayLike<number>, positives: ArrayLike<boolean>): number => {
  const order = fallingOrder(scores);
  const total = Array.from(positives).filter(Boolean).length;
  let found = 0;
  let recall = 0;
  let sum = 0;
  order.forEach((row, i) => {
    if (positives[row]) found++;
    const next = order[i + 1];
    if (next !== undefined && scores[next] === scores[row]) return;
    sum += (found / total - recall) * (found / (i + 1));
    recall = found / total;
  });
  return total === 0 ? Number.NaN : sum;
};

/** Chance that a positive scores higher than a negative, ties counted half; NaN where one of the two is absent. */
export const rocAuc = (scores: ArrayLike<number>, positives: ArrayLike<boolean>): number => {
  const order = fallingOrder(scores).reverse();
  let ranks = 0;
  let total = 0;
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && scores[order[end]!] === scores[order[i]!]) end++;
    for (let j = i; j < end; j++)
      if (positives[order[j]!]) {
        ranks += (i + end + 1) / 2;
        total++;
      }
    i = end;
  }
  return (ranks - (total * (total + 1)) / 2) / (total * (order.length - total));
};
