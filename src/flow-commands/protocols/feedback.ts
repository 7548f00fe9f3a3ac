import { createTaughtDetector, fitBenign, lessonPoints, type Share, shareOf, splitBlocks, takeRows } from '../../flows/index.ts';
import type { Random } from '../../platform/index.ts';
import type { Fold } from './folds.ts';

/** What verdicts change, over all folds. Flows that a verdict was about are not judged. */
export interface FeedbackFigures {
  /** Of each kind. */
  readonly verdicts: number;
  readonly alarmsBefore: Share;
  readonly alarmsAfter: Share;
  readonly foundBefore: Share;
  readonly foundAfter: Share;
  /** Of the attacks found after, those with the right family. */
  readonly namedAfter: Share;
}

const VERDICTS = [1, 5, 10];

const drawn = (rows: readonly number[], count: number, random: Random): number[] => {
  const left = [...rows];
  return Array.from({ length: Math.min(count, rows.length) }, () => left.splice(Math.floor(random() * left.length), 1)[0]!);
};

interface Tally {
  hits: number;
  trials: number;
}
const newTally = (): Tally => ({ hits: 0, trials: 0 });
const count = (tally: Tally, isHit: boolean): void => {
  tally.trials++;
  if (isHit) tally.hits++;
};

/** One fold: verdicts on findings of the first half of its benign part and of the attack captures; the second half and the other attacks are judged. */
const judgeFold = async (
  { table, reference, part, attackCaptures }: Fold,
  verdicts: number,
  random: Random,
  into: Record<string, Tally>,
): Promise<void> => {
  const model = await fitBenign(table, reference, { quantile: 0.99 });
  const detector = createTaughtDetector(model)!;
  const [early, late] = splitBlocks(part, 2) as [Int32Array, Int32Array];
  const scoresOf = (rows: ArrayLike<number>) => detector.judge(takeRows(table, rows));
  const findings = (rows: Int32Array): number[] => {
    const judged = scoresOf(rows);
    return Array.from(rows).filter((_, i) => judged[i]!.score >= 1);
  };
  const families = [...new Set(table.families.filter((family) => family !== ''))];
  const confirmed = families.flatMap((family) =>
    drawn(findings(attackCaptures.filter((row) => table.families[row] === family)), verdicts, random),
  );
  const falseAlarms = drawn(findings(early), verdicts, random);
  const taken = new Set(confirmed);
  const attacks = attackCaptures.filter((row) => table.families[row] !== '' && !taken.has(row));
  const [quietBefore, foundBefore] = [scoresOf(late), scoresOf(attacks)];
  for (const row of [...falseAlarms, ...confirmed])
    detector.teach({ id: String(row), family: table.families[row]!, points: lessonPoints(table, [row]) });
  const [quietAfter, foundAfter] = [scoresOf(late), scoresOf(attacks)];
  for (const { score } of quietBefore) count(into['alarmsBefore']!, score >= 1);
  for (const { score } of quietAfter) count(into['alarmsAfter']!, score >= 1);
  for (const { score } of foundBefore) count(into['foundBefore']!, score >= 1);
  foundAfter.forEach(({ score, family }, i) => {
    count(into['foundAfter']!, score >= 1);
    if (score >= 1) count(into['namedAfter']!, family === table.families[attacks[i]!]);
  });
};

/** Before and after one, five and ten verdicts of each kind, always on flows that no verdict was about, benign ones of later time. */
export const evaluateFeedback = async (folds: readonly Fold[], random: Random): Promise<FeedbackFigures[]> => {
  const figures: FeedbackFigures[] = [];
  for (const verdicts of VERDICTS) {
    const tallies = {
      alarmsBefore: newTally(),
      alarmsAfter: newTally(),
      foundBefore: newTally(),
      foundAfter: newTally(),
      namedAfter: newTally(),
    };
    for (const fold of folds) await judgeFold(fold, verdicts, random, tallies);
    const shareIn = ({ hits, trials }: Tally): Share => shareOf(hits, trials);
    figures.push({
      verdicts,
      alarmsBefore: shareIn(tallies.alarmsBefore),
      alarmsAfter: shareIn(tallies.alarmsAfter),
      foundBefore: shareIn(tallies.foundBefore),
      foundAfter: shareIn(tallies.foundAfter),
      namedAfter: shareIn(tallies.namedAfter),
    });
  }
  return figures;
};
