/** A float tensor: `data.length` is the product of `dims`. */
export interface ModelTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

export type ModelTensors = Readonly<Record<string, ModelTensor>>;

/** What the thread is told. */
export type SessionRequest =
  | { readonly kind: 'load'; readonly model: Uint8Array; readonly threads: number }
  | { readonly kind: 'run'; readonly inputs: ModelTensors }
  | { readonly kind: 'stop' };

/** What it answers: one answer per request, in order; none to `stop`, after which it ends. */
export type SessionReply =
  | { readonly kind: 'loaded'; readonly inputs: readonly string[]; readonly outputs: readonly string[] }
  | { readonly kind: 'result'; readonly outputs: ModelTensors; readonly runMs: number }
  | { readonly kind: 'failed'; readonly message: string };

/** The buffers that can be handed over whole: a view into a larger buffer would take the rest with it. */
export const ownBuffers = (tensors: ModelTensors): ArrayBuffer[] => [
  ...new Set(
    Object.values(tensors).flatMap(({ data }) =>
      data.byteLength === data.buffer.byteLength && data.buffer instanceof ArrayBuffer ? [data.buffer] : [],
    ),
  ),
];
