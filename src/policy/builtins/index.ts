import type { Builtins } from '../load/load-policy.ts';
import { PSS_RULES } from '../pss/index.ts';
import { API_RULES } from './api.ts';
import { CONTAINER_SECURITY_RULES } from './container-security.ts';
import { HOST_VOLUME_RULES } from './host-volumes.ts';
import { POD_HYGIENE_RULES } from './pod-hygiene.ts';
import { POD_IDENTITY_RULES } from './pod-identity.ts';
import { RESOURCE_RULES } from './resources.ts';

/** Every function that a policy file may name in `builtin`, by that name. */
export const BUILTINS: Builtins = {
  ...PSS_RULES,
  ...API_RULES,
  ...CONTAINER_SECURITY_RULES,
  ...HOST_VOLUME_RULES,
  ...POD_IDENTITY_RULES,
  ...POD_HYGIENE_RULES,
  ...RESOURCE_RULES,
};
