import { BUILTINS } from '../builtins/index.ts';
import { loadPolicy } from '../load/load-policy.ts';
import { GROUPS, type Policy } from '../model/policy.ts';
import { PACK } from './pack.generated.ts';

let parsed: readonly Policy[] | undefined;

/** The policies that come with Bellwether, in the order of groups and ids. Compiled when first asked for. */
export const policyPack = (): readonly Policy[] => {
  parsed ??= PACK.map((text) => JSON.parse(text) as { id: string })
    .map((content) => loadPolicy(content, `policy ${content.id}`, BUILTINS))
    .sort((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group));
  return parsed;
};
