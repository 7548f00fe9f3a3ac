export type { BundleOptions } from './options/bundle-options.ts';
export { BundleOptionsError, type OptionProblem } from './options/section.ts';
export { OPT_IN_PROCESSES, PROCESSES } from './processes.ts';
export { GENERATED_FOLDERS, synthesise } from './synthesise.ts';
