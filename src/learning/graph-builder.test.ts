import { InferenceSession, Tensor } from 'onnxruntime-node';
import { createGraph } from './graph-builder.ts';

describe('createGraph', () => {
  it('builds a graph that the runtime runs, with attributes of every kind', async () => {
    const graph = createGraph('test');
    const x = graph.input('x', ['n', 2]);
    const w = graph.constant('w', [3, 2], [1, 2, 3, 4, 5, 6]);
    const gemm = graph.node('Gemm', [x, w], { transB: 1, alpha: { float: 0.5 } });
    const turned = graph.node('Transpose', [gemm], { perm: [1, 0] });
    graph.output(turned, [3, 'n']);
    const session = await InferenceSession.create(graph.build('test'), { intraOpNumThreads: 1 });
    const out = await session.run({ x: new Tensor('float32', Float32Array.of(1, 1, 2, 0), [2, 2]) });
    expect(out[turned]!.dims).toEqual([3, 2]);
    expect([...(out[turned]!.data as Float32Array)]).toEqual([1.5, 1, 3.5, 3, 5.5, 5]);
    await session.release();
  });

  it('refuses a name used twice, an unknown tensor and data that does not fit', () => {
    const graph = createGraph('test');
    graph.input('x', [1]);
    expect(() => graph.input('x', [1])).toThrow('two tensors are called x');
    expect(() => graph.node('Abs', ['y'])).toThrow('there is no tensor y');
    expect(() => graph.constant('c', [2, 2], [1, 2, 3])).toThrow('3 numbers for a size of 4');
  });
});
