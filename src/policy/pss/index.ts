import { CAPABILITY_RULES } from './capabilities.ts';
import { CONFINEMENT_RULES } from './confinement.ts';
import { HOST_ACCESS_RULES } from './host-access.ts';
import { PRIVILEGE_RULES } from './privileges.ts';
import { VOLUME_RULES } from './volumes.ts';

/** The controls of the Pod Security Standards, 1.0 to 1.37, as the PodSecurity admission of the API server judges them. */
export const PSS_RULES = { ...HOST_ACCESS_RULES, ...CAPABILITY_RULES, ...CONFINEMENT_RULES, ...PRIVILEGE_RULES, ...VOLUME_RULES } as const;
