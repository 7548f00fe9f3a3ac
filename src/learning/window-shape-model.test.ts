import type { ModelSession } from './model-session.ts';
import type { ModelTensors } from './session-protocol.ts';
import { buildWindowShape } from './window-shape.ts';
import { createWindowRowModel } from './window-shape-model.ts';

const { manifest } = buildWindowShape();
const sessionWith = (run: ModelSession['run']): ModelSession => ({ run, close: async () => undefined, stats: {} as ModelSession['stats'] });

describe('createWindowRowModel', () => {
  it('asks the session with one row per workload and gives the errors', async () => {
    let asked: ModelTensors = {};
    const model = createWindowRowModel(
      manifest,
      sessionWith(async (inputs) => {
        asked = inputs;
        return { error: { dims: [2], data: Float32Array.of(1, 2) } };
      }),
    );
    expect(model).toMatchObject({ id: 'window-shape', version: 'dct-12-4', windowLength: 12 });
    const errors = await model.evaluate({ rows: 2, windows: new Float32Array(24), level: new Float32Array(2), scale: new Float32Array(2) });
    expect([...errors]).toEqual([1, 2]);
    expect(Object.entries(asked).map(([name, { dims }]) => [name, dims])).toEqual([
      ['window', [2, 12]],
      ['level', [2, 1]],
      ['scale', [2, 1]],
    ]);
  });

  it('refuses a model with other inputs', () => {
    const other = { ...manifest, inputs: manifest.inputs.slice(0, 2) };
    expect(() =>
      createWindowRowModel(
        other,
        sessionWith(() => Promise.reject(new Error('unused'))),
      ),
    ).toThrow('does not turn');
  });
});
