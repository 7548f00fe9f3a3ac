export * from './graph-builder.ts';
export * from './model-files.ts';
export * from './model-manifest.ts';
export * from './model-session.ts';
export type { ModelTensor, ModelTensors } from './session-protocol.ts';
export * from './tape/index.ts';
export * from './train/index.ts';
export * from './window-shape.ts';
export * from './window-shape-model.ts';
