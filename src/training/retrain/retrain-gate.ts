import type { Verdict as GateVerdict } from '../gate.ts';
import type { WindowFigures } from './judge-windows.ts';

/** More alarms elsewhere than this share beyond the champion's, and one, are a loss that no verdict has spoken of yet. */
const MORE_ELSEWHERE = 1.1;
/** Ids that a reason names; the rest is counted. */
const NAMED = 5;

const named = (ids: readonly string[]): string =>
  `${ids.slice(0, NAMED).join(', ')}${ids.length > NAMED ? ` and ${ids.length - NAMED} more` : ''}`;

const elsewhere = (challenger: WindowFigures, champion: WindowFigures): string | undefined =>
  challenger.otherHours > MORE_ELSEWHERE * champion.otherHours + 1
    ? `it alarms in ${challenger.otherHours} other hours, the current one in ${champion.otherHours}`
    : undefined;

const lost = (challenger: WindowFigures, champion: WindowFigures): string | undefined => {
  const ids = [...champion.found].filter((id) => !challenger.found.has(id));
  return ids.length > 0
    ? `it no longer finds ${ids.length} of ${champion.real.size} stretches that people confirmed: ${named(ids)}`
    : undefined;
};

const summary = ({ real, found, harmless, alarmed, otherHours }: WindowFigures): string =>
  `${found.size} of ${real.size} confirmed found, ${alarmed.size} of ${harmless.size} false alarms, ${otherHours} other hours`;

const decide = (reasons: readonly (string | undefined)[], challenger: WindowFigures, champion: WindowFigures): GateVerdict => {
  const told = reasons.filter((reason) => reason !== undefined);
  return {
    isBetter: told.length === 0,
    reason: `${told.length === 0 ? 'better' : told.join('; ')} (challenger: ${summary(challenger)}; current: ${summary(champion)})`,
  };
};

/** Whether a challenger may go into shadow: it must lose none of the confirmed stretches, and repeat fewer of the false alarms. */
export const judgeChallenger = (challenger: WindowFigures, champion: WindowFigures): GateVerdict => {
  const cut = challenger.alarmed.size < champion.alarmed.size;
  return decide(
    [
      lost(challenger, champion),
      cut
        ? undefined
        : `it repeats ${challenger.alarmed.size} of ${champion.harmless.size} false alarms, the current one ${champion.alarmed.size}`,
      elsewhere(challenger, champion),
    ],
    challenger,
    champion,
  );
};

/** Whether a challenger may leave its shadow: on time that it was not chosen by, it must be no worse. */
export const judgeShadow = (challenger: WindowFigures, champion: WindowFigures): GateVerdict =>
  decide(
    [
      lost(challenger, champion),
      challenger.alarmed.size > champion.alarmed.size
        ? `in shadow it gave ${challenger.alarmed.size} false alarms, the current one ${champion.alarmed.size}`
        : undefined,
      elsewhere(challenger, champion),
    ],
    challenger,
    champion,
  );
