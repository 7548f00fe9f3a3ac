import { STEP_WIDTH, WINDOW_LENGTH } from './endpoint-windows.ts';
import { C_LSTM } from './networks.ts';

const { channels, kernel, hidden } = C_LSTM;
const GATES = 4 * hidden;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Where the parameters lie in the flat weights, in the order in which the network asks for them. */
const OFFSETS = (() => {
  const sizes = [channels * STEP_WIDTH * kernel, channels, channels * GATES, hidden * GATES, GATES];
  const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size, 0));
  const [convBias, input, state, bias, out] = ends as [number, number, number, number, number];
  return { convBias, input, state, bias, out };
})();

/** Adds `x` times row `row` of a matrix with `width` columns that begins at `at`. */
const addRow = (weights: Float32Array, at: number, row: number, width: number, x: number, out: Float64Array): void => {
  const from = at + row * width;
  for (let j = 0; j < width; j++) out[j]! += x * weights[from + j]!;
};

/** The C-LSTM on one scaled window, as numbers: the session of a runtime would make judging a flow wait for another thread. */
export const forwardCLstm = (weights: Float32Array, window: Float32Array, classes: number): Float64Array => {
  const near = new Float64Array(channels);
  const gates = new Float64Array(GATES);
  const state = new Float64Array(hidden);
  const cell = new Float64Array(hidden);
  const reach = (kernel - 1) / 2;
  for (let t = 0; t < WINDOW_LENGTH; t++) {
    for (let c = 0; c < channels; c++) {
      let sum = weights[OFFSETS.convBias + c]!;
      const own = c * STEP_WIDTH * kernel;
      for (let k = Math.max(0, reach - t); k < kernel && t + k - reach < WINDOW_LENGTH; k++) {
        const step = (t + k - reach) * STEP_WIDTH;
        for (let f = 0; f < STEP_WIDTH; f++) sum += weights[own + f * kernel + k]! * window[step + f]!;
      }
      near[c] = Math.max(0, sum);
    }
    for (let j = 0; j < GATES; j++) gates[j] = weights[OFFSETS.bias + j]!;
    for (let c = 0; c < channels; c++) if (near[c] !== 0) addRow(weights, OFFSETS.input, c, GATES, near[c]!, gates);
    for (let h = 0; h < hidden; h++) addRow(weights, OFFSETS.state, h, GATES, state[h]!, gates);
    for (let h = 0; h < hidden; h++) {
      const fresh = sigmoid(gates[h]!) * Math.tanh(gates[2 * hidden + h]!);
      cell[h] = sigmoid(gates[hidden + h]!) * cell[h]! + fresh;
      state[h] = sigmoid(gates[3 * hidden + h]!) * Math.tanh(cell[h]!);
    }
  }
  const logits = new Float64Array(classes);
  for (let k = 0; k < classes; k++) logits[k] = weights[OFFSETS.out + hidden * classes + k]!;
  for (let h = 0; h < hidden; h++) addRow(weights, OFFSETS.out, h, classes, state[h]!, logits);
  return logits;
};
