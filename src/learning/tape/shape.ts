/** Sizes of a tensor's axes. `BATCH` stands for a size that each run chooses; only graphs without gradients have it, and only as first axis. */
export type Shape = readonly number[];

/** What ONNX's Reshape calls "work it out". */
export const BATCH = -1;

export const sizeOf = (shape: Shape): number => {
  if (shape.includes(BATCH)) throw new Error(`the size of [${shape}] is known only when the graph runs`);
  return shape.reduce((product, size) => product * size, 1);
};

/** An axis counted from the end, as -1, made one counted from the start. */
export const axisOf = (shape: Shape, axis: number): number => {
  const index = axis < 0 ? axis + shape.length : axis;
  if (index < 0 || index >= shape.length) throw new Error(`[${shape}] has no axis ${axis}`);
  return index;
};

/** The common shape of two operands, by the rules of NumPy: axes are matched from the last one, a size of 1 stretches. Throws where they do not fit. */
export const broadcast = (a: Shape, b: Shape): Shape => {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new Error(`[${a}] and [${b}] do not fit together`);
    return x === 1 ? y : x;
  });
};

/** The shape with one axis of another size. */
export const withSize = (shape: Shape, axis: number, size: number): Shape => shape.map((old, i) => (i === axis ? size : old));
