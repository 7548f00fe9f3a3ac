export { OVERLOAD_FEATURES, type OverloadWeights, overloadFeatures } from './overload-features.ts';
export { isOverload, OVERLOAD_KINDS, overloadProbabilities, overloadVerdict } from './overload-kind.ts';
