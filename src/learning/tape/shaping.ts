import { axisOf, BATCH, type Shape, withSize } from './shape.ts';
import type { Tape, Value } from './tape.ts';

/** The same numbers in another shape. At most the first axis may be `BATCH`. */
export const reshape = (tape: Tape, x: Value, shape: Shape): Value => {
  const y = tape.emit('Reshape', [x, tape.integers(shape)], shape);
  tape.record([y], [x], [([dy]) => reshape(tape, dy!, x.shape)]);
  return y;
};

/** Axes in another order: axis i of the result is axis `order[i]` of x. */
export const transpose = (tape: Tape, x: Value, order: readonly number[]): Value => {
  const y = tape.emit(
    'Transpose',
    [x],
    order.map((axis) => x.shape[axis]!),
    { perm: order },
  );
  const back = order.map((_, i) => order.indexOf(i));
  tape.record([y], [x], [([dy]) => transpose(tape, dy!, back)]);
  return y;
};

/** The last two axes exchanged. */
export const swapLast = (tape: Tape, x: Value): Value => {
  const rank = x.shape.length;
  return transpose(
    tape,
    x,
    x.shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i)),
  );
};

/** x[from..to) along one axis. */
export const slice = (tape: Tape, x: Value, axis: number, from: number, to: number): Value => {
  const place = axisOf(x.shape, axis);
  const size = x.shape[place]!;
  const y = tape.emit(
    'Slice',
    [x, tape.integers([from]), tape.integers([to]), tape.integers([place])],
    withSize(x.shape, place, to - from),
  );
  const pads = [...x.shape.map((_, i) => (i === place ? from : 0)), ...x.shape.map((_, i) => (i === place ? size - to : 0))];
  tape.record([y], [x], [([dy]) => tape.emit('Pad', [dy!, tape.integers(pads)], x.shape)]);
  return y;
};

/** One after the other along an axis. */
export const concat = (tape: Tape, parts: readonly Value[], axis: number): Value => {
  const place = axisOf(parts[0]!.shape, axis);
  const starts = parts.map((_, i) => parts.slice(0, i).reduce((sum, { shape }) => sum + shape[place]!, 0));
  const size = parts.reduce((sum, { shape }) => sum + shape[place]!, 0);
  const y = tape.emit('Concat', parts, withSize(parts[0]!.shape, place, size), { axis: place });
  tape.record(
    [y],
    parts,
    parts.map(
      ({ shape }, i) =>
        ([dy]) =>
          slice(tape, dy!, place, starts[i]!, starts[i]! + shape[place]!),
    ),
  );
  return y;
};

/** Equal parts along an axis, whose size must be known and a multiple of `count`. */
export const split = (tape: Tape, x: Value, axis: number, count: number): Value[] => {
  const place = axisOf(x.shape, axis);
  const size = x.shape[place]!;
  if (size === BATCH || size % count !== 0) throw new Error(`axis ${axis} of [${x.shape}] has no ${count} equal parts`);
  const shape = withSize(x.shape, place, size / count);
  const outputs = tape.graph
    .nodes('Split', [x.tensor], count, { axis: place, num_outputs: count })
    .map((tensor): Value => ({ tensor, shape }));
  tape.record(outputs, [x], [(dys) => concat(tape, dys, place)]);
  return outputs;
};
