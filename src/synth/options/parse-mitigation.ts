import { MITIGATION_BACK_ENDS, type ModuleDeclaration } from '../../conventions/index.ts';
import { reaperDeclaration, type SwitchedOn, withMitigation } from '../../mitigate/declare.ts';
import type { OptionSection } from './section.ts';

/** The back-ends that are switched on, in the order in which they are preferred. */
export const parseMitigation = (section: OptionSection): readonly SwitchedOn[] => {
  const backEnds = section.section('backEnds');
  return Object.keys(MITIGATION_BACK_ENDS).flatMap((name) => {
    const mode = backEnds.oneOf(name, ['off', 'dryRun', 'enforce'], 'off');
    return mode === 'off' ? [] : [{ name, mode }];
  });
};

/** The processes with what mitigations need; as they are where no back-end is switched on. */
export const withMitigations = (declarations: readonly ModuleDeclaration[], on: readonly SwitchedOn[]): readonly ModuleDeclaration[] =>
  on.length === 0
    ? declarations
    : declarations.flatMap((one) => (one.name === 'receiver' ? [withMitigation(one, on), reaperDeclaration(on)] : [one]));
