import type { Builtins } from '../load/load-policy.ts';
import { PSS_RULES } from '../pss/index.ts';

/** Every function that a policy file may name in `builtin`, by that name. One file per group of `policies/`. */
export const BUILTINS: Builtins = { ...PSS_RULES };
