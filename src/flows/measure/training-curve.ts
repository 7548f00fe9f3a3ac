/** How a network does while it learns: the loss on benign flows that it learns from, and on benign flows of later time that it does not. */
export interface CurvePoint {
  readonly step: number;
  readonly train: number;
  readonly unseen: number;
}

/** Points of one training, the start and the end among them. */
const POINTS = 10;

/** Whether a curve has a point before this step, or after the last one. */
export const isCurvePoint = (step: number, steps: number): boolean => step === steps || step % Math.max(1, Math.ceil(steps / POINTS)) === 0;

/** `count` of a list, evenly spread; some twice where there are fewer. */
export const spread = <T>(list: ArrayLike<T>, count: number): T[] =>
  Array.from({ length: count }, (_, i) => list[Math.floor((i * list.length) / count)]!);
