import { BellwetherError } from '../platform/index.ts';
import type { BackEnd } from './back-end.ts';
import { BACK_ENDS } from './back-ends/index.ts';

/** The back-ends of these names, in their order. Throws `invalid_config` for a name that is none. */
export const createBackEnds = (names: readonly string[], known: readonly BackEnd[] = BACK_ENDS): readonly BackEnd[] =>
  names.map((name) => {
    const found = known.find(({ declaration }) => declaration.name === name);
    if (!found)
      throw new BellwetherError(
        'invalid_config',
        `${name} is no back-end; there are: ${known.map(({ declaration }) => declaration.name).join(', ') || 'none'}`,
      );
    return found;
  });
