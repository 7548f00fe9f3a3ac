/**
 * Average precision, step-wise, equal scores taken together: the sum over distinct scores, falling, of the rise in recall times the precision there.
 * `labels` holds 0 and 1; undefined without a positive.
 */
export const averagePrecision = (labels: Uint8Array, scores: Float64Array): number | undefined => {
  const order = Uint32Array.from(labels.keys()).sort((a, b) => scores[b]! - scores[a]!);
  let positives = 0;
  for (const label of labels) positives += label;
  if (positives === 0) return undefined;
  let found = 0;
  let recall = 0;
  let sum = 0;
  order.forEach((row, i) => {
    found += labels[row]!;
    const next = order[i + 1];
    if (next !== undefined && scores[next] === scores[row]) return;
    sum += (found / positives - recall) * (found / (i + 1));
    recall = found / positives;
  });
  return sum;
};
