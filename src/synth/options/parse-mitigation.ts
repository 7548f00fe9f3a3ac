import { MITIGATION_BACK_ENDS, type ModuleDeclaration } from '../../conventions/index.ts';
import { type MitigationScope, reaperDeclaration, withMitigation } from '../../mitigate/declare.ts';
import { DNS_LABEL } from './rules-of-names.ts';
import type { OptionSection } from './section.ts';

/** The back-ends that are switched on, in the order in which they are preferred. */
export const parseMitigation = (section: OptionSection): MitigationScope => {
  const modes = section.section('backEnds');
  const backEnds = Object.keys(MITIGATION_BACK_ENDS).flatMap((name) => {
    const mode = modes.oneOf(name, ['off', 'dryRun', 'enforce'], 'off');
    return mode === 'off' ? [] : [{ name, mode }];
  });
  return { backEnds, namespaces: [...new Set(section.texts('namespaces', DNS_LABEL))] };
};

/** The processes with what mitigations need; as they are where no back-end is switched on. */
export const withMitigations = (declarations: readonly ModuleDeclaration[], on: MitigationScope): readonly ModuleDeclaration[] =>
  on.backEnds.length === 0
    ? declarations
    : declarations.flatMap((one) => (one.name === 'receiver' ? [withMitigation(one, on), reaperDeclaration(on)] : [one]));
