import { BellwetherError } from '../platform/index.ts';
import type { ModelManifest } from './model-manifest.ts';
import type { ModelSession } from './model-session.ts';

/** Rows of windows; each array holds `rows` rows back to back. */
export interface WindowRows {
  readonly rows: number;
  /** [rows, windowLength] */
  readonly windows: Float32Array;
  /** [rows] */
  readonly level: Float32Array;
  readonly scale: Float32Array;
}

/** A model that says of every row how badly its window fits. */
export interface WindowRowModel {
  readonly id: string;
  readonly version: string;
  readonly windowLength: number;
  /** One number >= 0 per row. Takes the arrays over. Rejects as `ModelSession.run` does. */
  evaluate(rows: WindowRows): Promise<Float32Array>;
}

/** A model with the inputs and outputs of `window-shape`, as a detector asks it. Throws `invalid_input` where the manifest has others. */
export const createWindowRowModel = (manifest: ModelManifest, session: ModelSession): WindowRowModel => {
  const windowLength = manifest.inputs.find(({ name }) => name === 'window')?.shape[1];
  const names = ({ name }: { readonly name: string }): string => name;
  const isFitting =
    typeof windowLength === 'number' &&
    manifest.inputs.map(names).sort().join() === 'level,scale,window' &&
    manifest.outputs.some(({ name }) => name === 'error');
  if (!isFitting) throw new BellwetherError('invalid_input', `model ${manifest.id} does not turn window, level and scale into an error`);
  return {
    id: manifest.id,
    version: manifest.version,
    windowLength,
    evaluate: async ({ rows, windows, level, scale }) => {
      const outputs = await session.run({
        window: { dims: [rows, windowLength], data: windows },
        level: { dims: [rows, 1], data: level },
        scale: { dims: [rows, 1], data: scale },
      });
      return outputs['error']!.data;
    },
  };
};
