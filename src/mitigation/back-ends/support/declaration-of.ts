import { type BackEndDeclaration, MITIGATION_BACK_ENDS } from '../../../conventions/index.ts';
import { BellwetherError } from '../../../platform/index.ts';

/** What conventions say of a back-end, so that bundle and code cannot differ. */
export const declarationOf = (name: string): BackEndDeclaration => {
  const found = MITIGATION_BACK_ENDS[name];
  if (!found) throw new BellwetherError('internal', `no declaration of the back-end ${name}`);
  return found;
};
