import {
  affine,
  contrastiveLoss,
  convolve,
  filledWith,
  heNormal,
  lecunNormal,
  maxPool,
  mean,
  multiply,
  relu,
  reshape,
  slice,
  softmaxCrossEntropy,
  split,
  square,
  subtract,
  sum,
  type Tape,
  unitLength,
  type Value,
} from '../../learning/index.ts';
import { STRICT_FEATURES } from '../features/catalogue.ts';
import { SIDE } from '../picture/layout.ts';

/** Networks that turn a flow into a place among others. `siamese`: pairs; `prototype`: distances to the means of groups; `picture`: pairs of 32 x 32 pictures. */
export const EMBEDDINGS = ['siamese', 'prototype', 'picture'] as const;
export type Embedding = (typeof EMBEDDINGS)[number];

export const EMBEDDING_WIDTH = 32;
const HIDDEN = 64;
const MARGIN = 1;

/** Flows of a step: pairs lie half and half; groups have half of their flows as support and half as questions. */
export const BATCH_FLOWS = 64;
export const GROUPS = 8;
const PER_GROUP = BATCH_FLOWS / GROUPS;

/** Numbers of one flow, as the network takes it. */
export const inputShape = (kind: Embedding): readonly number[] => (kind === 'picture' ? [1, SIDE, SIDE] : [STRICT_FEATURES.length]);

/** Numbers through 77-64-32. */
const dense = (tape: Tape, x: Value): Value => {
  const first = tape.parameter('first', [STRICT_FEATURES.length, HIDDEN], heNormal);
  const hidden = relu(tape, affine(tape, x, first, tape.parameter('first_bias', [HIDDEN], filledWith(0))));
  const second = tape.parameter('second', [HIDDEN, EMBEDDING_WIDTH], lecunNormal);
  return affine(tape, hidden, second, tape.parameter('second_bias', [EMBEDDING_WIDTH], filledWith(0)));
};

/** The picture through two convolutions; each field is a block of several pixels, so that pooling loses none. */
const visual = (tape: Tape, x: Value): Value => {
  const layer = (name: string, from: Value, channels: number): Value => {
    const weights = tape.parameter(name, [channels, from.shape[1]!, 3, 3], heNormal);
    return maxPool(
      tape,
      relu(tape, convolve(tape, from, weights, tape.parameter(`${name}_bias`, [channels], filledWith(0)), { padding: 1 })),
      2,
    );
  };
  const seen = layer('conv2', layer('conv1', x, 8), 16);
  const size = 16 * (SIDE / 4) ** 2;
  const out = tape.parameter('out', [size, EMBEDDING_WIDTH], lecunNormal);
  return affine(tape, reshape(tape, seen, [x.shape[0]!, size]), out, tape.parameter('out_bias', [EMBEDDING_WIDTH], filledWith(0)));
};

/** Places [B, `EMBEDDING_WIDTH`], at distance 1 from the middle. */
export const embed = (kind: Embedding, tape: Tape, x: Value): Value => unitLength(tape, (kind === 'picture' ? visual : dense)(tape, x));

/** Koch, Zemel, Salakhutdinov (2015), with the loss of Hadsell et al.: pairs of one group come near each other, others go apart. `isSame` [B / 2, 1]. */
export const pairLoss = (kind: Embedding, tape: Tape, x: Value, isSame: Value): Value => {
  const [a, b] = split(tape, embed(kind, tape, x), 0, 2) as [Value, Value];
  return contrastiveLoss(tape, a, b, isSame, MARGIN);
};

/** Snell, Swersky, Zemel (2017): a question's group is that of the nearest mean of supports. `target` [questions, `GROUPS`], one-hot; flows lie group by group. */
export const prototypeLoss = (tape: Tape, x: Value, target: Value): Value => {
  const places = reshape(tape, embed('prototype', tape, x), [GROUPS, PER_GROUP, EMBEDDING_WIDTH]);
  const means = reshape(tape, mean(tape, slice(tape, places, 1, 0, PER_GROUP / 2), [1]), [1, GROUPS, EMBEDDING_WIDTH]);
  const questions = reshape(tape, slice(tape, places, 1, PER_GROUP / 2, PER_GROUP), [BATCH_FLOWS / 2, 1, EMBEDDING_WIDTH]);
  const distances = sum(tape, square(tape, subtract(tape, questions, means)), [-1]);
  // Places lie on a sphere: squared distances are at most 4, too little for a sharp choice.
  const logits = multiply(tape, reshape(tape, distances, [BATCH_FLOWS / 2, GROUPS]), tape.scalar(-8));
  return softmaxCrossEntropy(tape, logits, target);
};
