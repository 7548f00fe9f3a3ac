import {
  add,
  affine,
  attention,
  buildTrainingGraph,
  filledWith,
  layerNorm,
  lecunNormal,
  lstm,
  mean,
  meanSquaredError,
  relu,
  reshape,
  slice,
  square,
  squareRoot,
  subtract,
  type Tape,
  type TrainingGraph,
  transpose,
  type Value,
} from '../../learning/index.ts';
import { BATCH, createTrainedDetector, type OpenSession, type TrainedDetector } from './autoencoder.ts';

/** Samples that a forecast is made from, and the one that it is held against. */
export const SEQUENCE_LENGTH = 16;
const PAST = SEQUENCE_LENGTH - 1;
const HIDDEN = 24;
const HEADS = 4;

const dense = (tape: Tape, name: string, x: Value, width: number): Value =>
  affine(tape, x, tape.parameter(`${name}_w`, [x.shape.at(-1)!, width], lecunNormal), tape.parameter(`${name}_b`, [width], filledWith(0)));

const norm = (tape: Tape, name: string, x: Value): Value =>
  layerNorm(
    tape,
    x,
    tape.parameter(`${name}_gain`, [x.shape.at(-1)!], filledWith(1)),
    tape.parameter(`${name}_shift`, [x.shape.at(-1)!], filledWith(0)),
  );

/** Forecasts the newest sample of a window from those before it; the error is the root mean square over the metrics. */
const forecastGraph = (id: string, width: number, summarise: (tape: Tape, past: Value) => Value): TrainingGraph =>
  buildTrainingGraph(id, [{ name: 'x', shape: [BATCH, width] }], (tape, [x]) => {
    const metrics = width / SEQUENCE_LENGTH;
    // Rows hold metric after metric; a sequence is sample after sample.
    const steps = transpose(tape, reshape(tape, x!, [BATCH, metrics, SEQUENCE_LENGTH]), [0, 2, 1]);
    const past = slice(tape, steps, 1, 0, PAST);
    const newest = reshape(tape, slice(tape, steps, 1, PAST, SEQUENCE_LENGTH), [BATCH, metrics]);
    const forecast = dense(tape, 'forecast', summarise(tape, past), metrics);
    const error = squareRoot(tape, mean(tape, square(tape, subtract(tape, forecast, newest)), [1]));
    return { loss: meanSquaredError(tape, forecast, newest), outputs: { error } };
  });

const last = (tape: Tape, states: Value): Value => reshape(tape, slice(tape, states, 1, PAST - 1, PAST), [BATCH, HIDDEN]);

const lstmSummary = (tape: Tape, past: Value): Value => {
  const states = lstm(tape, past, {
    ofInput: tape.parameter('of_input', [past.shape[2]!, 4 * HIDDEN], lecunNormal),
    ofState: tape.parameter('of_state', [HIDDEN, 4 * HIDDEN], lecunNormal),
    bias: tape.parameter('gates', [4 * HIDDEN], filledWith(0)),
  });
  return last(tape, states);
};

/** One block: attention of four heads, a layer of twice the width, both with their input added; places are learned. */
const transformerSummary = (tape: Tape, past: Value): Value => {
  const placed = add(tape, dense(tape, 'embed', past, HIDDEN), tape.parameter('places', [PAST, HIDDEN], lecunNormal));
  const seen = attention(
    tape,
    dense(tape, 'queries', placed, HIDDEN),
    dense(tape, 'keys', placed, HIDDEN),
    dense(tape, 'values', placed, HIDDEN),
    HEADS,
  );
  const mixed = norm(tape, 'mixed', add(tape, placed, dense(tape, 'heads', seen, HIDDEN)));
  const wide = dense(tape, 'narrow', relu(tape, dense(tape, 'wide', mixed, 2 * HIDDEN)), HIDDEN);
  return last(tape, norm(tape, 'out', add(tape, mixed, wide)));
};

/** How far a sample is from the forecast of a small LSTM (Hochreiter and Schmidhuber, 1997; as in Malhotra et al., 2015). */
export const createLstmForecast = (open: OpenSession): TrainedDetector =>
  createTrainedDetector(open, { id: 'lstm', rows: 'windows', buildGraph: (width) => forecastGraph('lstm', width, lstmSummary) });

/** How far a sample is from the forecast of one transformer block (Vaswani et al., 2017). */
export const createTransformerForecast = (open: OpenSession): TrainedDetector =>
  createTrainedDetector(open, {
    id: 'transformer',
    rows: 'windows',
    buildGraph: (width) => forecastGraph('transformer', width, transformerSummary),
  });
