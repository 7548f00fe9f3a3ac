import { createGraph } from './graph-builder.ts';
import { type BuiltModel, describeModel } from './model-manifest.ts';

/** Sizes of a `window-shape` model. */
export interface WindowShapeOptions {
  /** Samples of a window, W. */
  readonly windowLength: number;
  /** Low-frequency shapes that count as ordinary, k <= W. */
  readonly coefficients: number;
}

/** What the scorer keeps per metric is 12 residuals; 4 of 12 shapes are a level, a slope and two bends. */
export const WINDOW_SHAPE: WindowShapeOptions = { windowLength: 12, coefficients: 4 };

/** A scale below this is a constant series; the caller's scale has a floor far above it. */
export const LEAST_SCALE = 1e-6;

/**
 * The first k vectors of the orthonormal discrete cosine transform DCT-II (Ahmed, Natarajan, Rao 1974), as rows:
 * B[j][t] = c_j cos(pi (2t + 1) j / 2W), c_0 = sqrt(1/W), else sqrt(2/W). B B^T is the identity.
 */
export const cosineBasis = ({ windowLength, coefficients }: WindowShapeOptions): Float32Array => {
  const basis = new Float32Array(coefficients * windowLength);
  for (let j = 0; j < coefficients; j++)
    for (let t = 0; t < windowLength; t++)
      basis[j * windowLength + t] =
        Math.sqrt((j === 0 ? 1 : 2) / windowLength) * Math.cos((Math.PI * (2 * t + 1) * j) / (2 * windowLength));
  return basis;
};

const transposed = (matrix: Float32Array, rows: number, columns: number): Float32Array =>
  Float32Array.from({ length: rows * columns }, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!);

/**
 * How much of a window is not one of the slow shapes of a workload's ordinary life: sudden steps, spikes, flapping.
 *
 * ```
 * window [B, W], level [B, 1], scale [B, 1]      per-workload numbers are inputs: one session serves every workload
 * z            = (window - level) / max(scale, 1e-6)
 * coefficients = z B^T            [B, k]
 * error        = sqrt(mean over W of (z - coefficients B)^2)   [B], in scales
 * ```
 */
export const buildWindowShape = (options: WindowShapeOptions = WINDOW_SHAPE): BuiltModel => {
  const { windowLength, coefficients } = options;
  const basis = cosineBasis(options);
  const graph = createGraph('window-shape');
  const window = graph.input('window', ['batch', windowLength]);
  const level = graph.input('level', ['batch', 1]);
  const scale = graph.input('scale', ['batch', 1]);
  const analysis = graph.constant('analysis', [windowLength, coefficients], transposed(basis, coefficients, windowLength));
  const synthesis = graph.constant('synthesis', [coefficients, windowLength], basis);
  const least = graph.constant('least_scale', [], [LEAST_SCALE]);
  const axis = graph.integers('window_axis', [1]);

  const z = graph.node('Div', [graph.node('Sub', [window, level]), graph.node('Max', [scale, least])]);
  const projected = graph.node('MatMul', [z, analysis], {}, 'coefficients');
  const rest = graph.node('Sub', [z, graph.node('MatMul', [projected, synthesis])]);
  const meanSquare = graph.node('ReduceMean', [graph.node('Mul', [rest, rest]), axis], { keepdims: 0 });
  const error = graph.node('Sqrt', [meanSquare], {}, 'error');
  graph.output(error, ['batch']);
  graph.output(projected, ['batch', coefficients]);

  const model = graph.build('bellwether');
  return {
    model,
    manifest: describeModel(model, {
      id: 'window-shape',
      // Not trained: its numbers follow from its sizes.
      version: `dct-${windowLength}-${coefficients}`,
      catalogVersion: 'any',
      inputs: [
        { name: 'window', shape: ['batch', windowLength], unit: 'standardised residual, oldest first' },
        { name: 'level', shape: ['batch', 1], unit: 'mean of the same residuals' },
        { name: 'scale', shape: ['batch', 1], unit: 'spread of the same residuals' },
      ],
      outputs: [
        { name: 'error', shape: ['batch'], unit: 'scales' },
        { name: 'coefficients', shape: ['batch', coefficients], unit: 'scales' },
      ],
    }),
  };
};
