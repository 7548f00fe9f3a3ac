import {
  add,
  affine,
  attention,
  convolve,
  filledWith,
  heNormal,
  layerNorm,
  lecunNormal,
  lstm,
  mean,
  relu,
  reshape,
  slice,
  type Tape,
  transpose,
  type Value,
} from '../../learning/index.ts';
import { STEP_WIDTH, WINDOW_LENGTH } from './endpoint-windows.ts';

/** Networks that judge a window of flows. */
export const SEQUENCE_NETWORKS = ['c-lstm', 'transformer'] as const;
export type SequenceNetwork = (typeof SEQUENCE_NETWORKS)[number];

/** Sizes of the C-LSTM: channels of its convolution over three neighbouring flows, and of its state. */
export const C_LSTM = { channels: 24, kernel: 3, hidden: 24 } as const;
const TRANSFORMER = { width: 32, heads: 4, inner: 64 } as const;

/** Convolution over time, then a long short-term memory (Zhou et al., 2015); the last state is the judgement. x [B, T, F]. */
const cLstm = (tape: Tape, x: Value, classes: number): Value => {
  const { channels, kernel, hidden } = C_LSTM;
  const [batch] = x.shape as [number];
  const weights = tape.parameter('conv_weights', [channels, STEP_WIDTH, kernel], heNormal);
  const bias = tape.parameter('conv_bias', [channels], filledWith(0));
  const near = relu(tape, convolve(tape, transpose(tape, x, [0, 2, 1]), weights, bias, { padding: (kernel - 1) / 2 }));
  const states = lstm(tape, transpose(tape, near, [0, 2, 1]), {
    ofInput: tape.parameter('lstm_input', [channels, 4 * hidden], lecunNormal),
    ofState: tape.parameter('lstm_state', [hidden, 4 * hidden], lecunNormal),
    bias: tape.parameter('lstm_bias', [4 * hidden], filledWith(0)),
  });
  const last = reshape(tape, slice(tape, states, 1, WINDOW_LENGTH - 1, WINDOW_LENGTH), [batch, hidden]);
  return affine(
    tape,
    last,
    tape.parameter('out_weights', [hidden, classes], lecunNormal),
    tape.parameter('out_bias', [classes], filledWith(0)),
  );
};

/** One block of a transformer encoder (Vaswani et al., 2017) with learnt positions; the mean over the window is the judgement. */
const transformer = (tape: Tape, x: Value, classes: number): Value => {
  const { width, heads, inner } = TRANSFORMER;
  const [batch] = x.shape as [number];
  const dense = (name: string, from: Value, inputs: number, outputs: number): Value =>
    affine(
      tape,
      from,
      tape.parameter(`${name}_weights`, [inputs, outputs], lecunNormal),
      tape.parameter(`${name}_bias`, [outputs], filledWith(0)),
    );
  const norm = (name: string, from: Value): Value =>
    layerNorm(tape, from, tape.parameter(`${name}_gain`, [width], filledWith(1)), tape.parameter(`${name}_shift`, [width], filledWith(0)));
  const positions = tape.parameter('positions', [WINDOW_LENGTH, width], lecunNormal);
  const steps = add(tape, dense('embed', x, STEP_WIDTH, width), positions);
  const seen = attention(
    tape,
    dense('query', steps, width, width),
    dense('key', steps, width, width),
    dense('value', steps, width, width),
    heads,
  );
  const first = norm('first', add(tape, steps, dense('mix', seen, width, width)));
  const second = norm('second', add(tape, first, dense('shrink', relu(tape, dense('grow', first, width, inner)), inner, width)));
  return dense('out', reshape(tape, mean(tape, second, [1]), [batch, width]), width, classes);
};

/** Logits [B, classes] of windows [B, `WINDOW_LENGTH`, `STEP_WIDTH`]; class 0 is benign. */
export const sequenceLogits = (network: SequenceNetwork, tape: Tape, x: Value, classes: number): Value =>
  (network === 'c-lstm' ? cLstm : transformer)(tape, x, classes);
