import { type AuditFinding, type AuditTable, type AuditVerdict, isSplitByTime, rowsOf, thin } from './audit-table.ts';
import { findClassScaling, findIdColumns, findTimeColumns, findTrivialRules } from './column-checks.ts';
import { scaleRows } from './nearest-row.ts';
import { findCopies, findMadeRows, probeId, probePlacebo, probeTime } from './row-checks.ts';

/** Distances are between all pairs of these. */
const MOST_ROWS = 2000;
const LEAST_ROWS = 20;
const SEED = 1;

const without = (skipped: string, learned: number, judged: number): AuditVerdict => ({
  isClean: true,
  findings: [],
  rows: { learned, judged },
  skipped,
});

/**
 * Looks for ways in which a data set and its split give the answer away: columns that are the clock or a name, classes that time or entity alone tell,
 * copies on both sides, rows made before the split, classes scaled by themselves, one-threshold rules, and random classes that can be learned.
 * A clean verdict says that none of these was found, no more.
 */
export const audit = (table: AuditTable): AuditVerdict => {
  const [everyLearned, everyJudged] = [rowsOf(table, 0), rowsOf(table, 1)];
  const [learned, judged] = [thin(table, everyLearned, MOST_ROWS), thin(table, everyJudged, MOST_ROWS)];
  if (learned.length < LEAST_ROWS || judged.length < LEAST_ROWS) return without('too few rows', learned.length, judged.length);
  if (new Set(judged.map((row) => table.labels[row])).size < 2)
    return without('the judged rows have one class', learned.length, judged.length);
  const all = [...learned, ...judged];
  const scaled = { learned: scaleRows(table, learned, learned), judged: scaleRows(table, learned, judged) };
  const findings: AuditFinding[] = [
    ...findTimeColumns(table, all),
    ...findIdColumns(table, all),
    ...findClassScaling(table, [...everyLearned, ...everyJudged]),
    ...findTrivialRules(table, learned, judged),
    ...probeId(table, learned, judged),
    ...findCopies(table, everyLearned, everyJudged),
    ...findMadeRows(table, scaled.learned, scaled.judged),
    // Where time cuts once, nothing but the last learned row lies near a judged one.
    ...(isSplitByTime(table)
      ? []
      : [...probeTime(table, everyLearned, judged), ...probePlacebo(table, scaled.learned, scaled.judged, SEED)]),
  ];
  return { isClean: findings.length === 0, findings, rows: { learned: learned.length, judged: judged.length }, skipped: undefined };
};

/** One line, or one for each finding. */
export const formatVerdict = ({ isClean, findings, rows, skipped }: AuditVerdict): string => {
  if (skipped !== undefined) return `Leakage audit: not possible, ${skipped}`;
  if (isClean) return `Leakage audit: nothing found (${rows.learned} rows against ${rows.judged} later ones)`;
  return [
    `Leakage audit: ${findings.length} FOUND, the figures may say nothing`,
    ...findings.map(({ check, text }) => `  ${check}: ${text}`),
  ].join('\n');
};
