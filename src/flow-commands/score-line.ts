import type { FlowTable, Judgement } from '../flows/index.ts';

/** Enough digits to rank by. */
const DIGITS = 6;

/** A score as text: what is below the boundary stays below it. */
const formatScore = (score: number): string => {
  const text = score.toFixed(DIGITS);
  return score < 1 && Number(text) >= 1 ? '0.999999' : text;
};

// A family is text of people; quotes keep commas in it from becoming columns.
const csvText = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** `row,score,family` of one flow, with its file before where several are read. */
export const scoreLine = (table: FlowTable, i: number, { score, family }: Judgement, file?: string): string =>
  `${file === undefined ? '' : `${csvText(file)},`}${table.rows[i]},${formatScore(score)},${csvText(family)}`;

/** A finding as JSON: who, when, how much, why. */
export const findingLine = (table: FlowTable, i: number, judgement: Judgement): string =>
  JSON.stringify({
    row: table.rows[i],
    startMs: table.startsMs[i],
    ...table.conversations[i],
    score: Number(formatScore(judgement.score)),
    family: judgement.family,
    ...(judgement.isLinked ? { linked: true } : {}),
    reasons: judgement.reasons(),
  });
