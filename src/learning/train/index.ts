export * from './initialisers.ts';
export * from './trainer.ts';
export { buildServingGraph, buildTrainingGraph, type NamedShape, type TrainingGraph } from './training-graph.ts';
