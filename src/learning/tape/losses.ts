import { add, mean, multiply, relu, square, squareRoot, subtract, sum } from './elementwise.ts';
import { affine } from './linear.ts';
import { logSoftmax } from './normalisation.ts';
import { reshape, transpose } from './shaping.ts';
import type { Tape, Value } from './tape.ts';

/** Under a root, so that equal points have a gradient. */
const LEAST_SQUARE = 1e-8;

const overall = (tape: Tape, x: Value): Value =>
  reshape(
    tape,
    mean(
      tape,
      x,
      x.shape.map((_, i) => i),
    ),
    [],
  );

export const meanSquaredError = (tape: Tape, prediction: Value, target: Value): Value =>
  overall(tape, square(tape, subtract(tape, prediction, target)));

/** Mean over rows of -sum target log softmax(logits); `target` holds a distribution per row, as one-hot rows are. */
export const softmaxCrossEntropy = (tape: Tape, logits: Value, target: Value): Value => {
  const perRow = sum(tape, multiply(tape, target, logSoftmax(tape, logits)), [-1]);
  return multiply(tape, overall(tape, perRow), tape.scalar(-1));
};

const squaredDistance = (tape: Tape, a: Value, b: Value): Value => sum(tape, square(tape, subtract(tape, a, b)), [-1]);

/** Hadsell, Chopra, LeCun (2006): d^2 for pairs that are the same (`isSame` [B, 1] = 1), max(0, margin - d)^2 for the others. */
export const contrastiveLoss = (tape: Tape, a: Value, b: Value, isSame: Value, margin: number): Value => {
  const squared = squaredDistance(tape, a, b);
  const distance = squareRoot(tape, add(tape, squared, tape.scalar(LEAST_SQUARE)));
  const apart = square(tape, relu(tape, subtract(tape, tape.scalar(margin), distance)));
  return overall(tape, add(tape, multiply(tape, isSame, squared), multiply(tape, subtract(tape, tape.scalar(1), isSame), apart)));
};

/** Schroff, Kalenichenko, Philbin (FaceNet, 2015): max(0, d(anchor, same)^2 - d(anchor, other)^2 + margin). */
export const tripletLoss = (tape: Tape, anchor: Value, same: Value, other: Value, margin: number): Value => {
  const difference = subtract(tape, squaredDistance(tape, anchor, same), squaredDistance(tape, anchor, other));
  return overall(tape, relu(tape, add(tape, difference, tape.scalar(margin))));
};

/** InfoNCE (van den Oord, Li, Vinyals, 2018): row i of `a` must find row i of `b` among all rows of `b` by its product, divided by the temperature. */
export const batchContrastiveLoss = (tape: Tape, a: Value, b: Value, temperature: number): Value => {
  const rows = a.shape[0]!;
  const products = multiply(tape, affine(tape, a, transpose(tape, b, [1, 0])), tape.scalar(1 / temperature));
  const identity = Float32Array.from({ length: rows * rows }, (_, i) => (i % (rows + 1) === 0 ? 1 : 0));
  return softmaxCrossEntropy(tape, products, tape.constant([rows, rows], identity));
};
