import { BellwetherError } from '../../platform/index.ts';

/** The answer's bytes cannot be what a working server sends. */
export const corrupt = (what: string): BellwetherError => new BellwetherError('corrupt_response', `corrupt response: ${what}`);
