import { workloadId } from '../conventions/index.ts';
import { BellwetherError, formatTime } from '../platform/index.ts';
import type { LearnedVerdict } from './requests.ts';

const EFFECTS: Readonly<Record<string, string>> = {
  false_alarm: 'raises the bar for windows alike, half of it left after 14 days',
  expected: 'mutes windows alike until it expires',
  confirmed: 'keeps windows alike from being eased or taken for usual',
  missed: 'lowers the bar for windows alike, half of it left after 14 days',
  new_trend: 'took the level of its metrics for the new usual one, and raises the bar for windows alike',
};

const STATES: Readonly<Record<string, string>> = {
  learned: 'it changes scores',
  no_window: 'nothing is known of its time, so it changes no score',
  unknown_workload: 'it waits for its workload',
  faded: 'expired or worn off',
};

const minute = (seconds: number): string => formatTime(Math.floor(seconds / 60) * 60_000).replace(':00Z', 'Z');
const ageOf = (seconds: number, nowMs: number): string => {
  const hours = (nowMs / 1000 - seconds) / 3600;
  return hours < 48 ? `${Math.max(0, hours).toFixed(0)} h` : `${(hours / 24).toFixed(0)} d`;
};

/** One line per verdict. */
export const formatList = (learned: readonly LearnedVerdict[], nowMs: number): string => {
  if (learned.length === 0) return 'no verdicts\n';
  const rows = [
    ['WORKLOAD', 'WORD', 'STRENGTH', 'STATE', 'AGE', 'BY', 'ID', 'REASON'],
    ...learned.map(({ verdict, state, strength }) => [
      workloadId(verdict.workload),
      verdict.word,
      strength.toFixed(2),
      state,
      ageOf(verdict.givenSeconds, nowMs),
      verdict.by,
      verdict.id,
      verdict.reason ?? '',
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return `${rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
};

/** Everything about one verdict. Throws `invalid_input` where there is none of that id. */
export const formatVerdict = (learned: readonly LearnedVerdict[], id: string): string => {
  const found = learned.find(({ verdict }) => verdict.id === id);
  if (!found) throw new BellwetherError('invalid_input', `the exporter knows no verdict ${id}`);
  const { verdict, state, strength } = found;
  const children = learned.filter((other) => other.verdict.parent === id).map((other) => other.verdict.id);
  const lines: readonly (readonly [string, string])[] = [
    ['verdict', verdict.id],
    ['workload', workloadId(verdict.workload)],
    ['word', `${verdict.word}: ${EFFECTS[verdict.word] ?? ''}`],
    ['window', `${minute(verdict.fromSeconds)} to ${minute(verdict.toSeconds)}`],
    ['metrics', verdict.metrics && verdict.metrics.length > 0 ? verdict.metrics.join(', ') : 'all'],
    ['given', `${minute(verdict.givenSeconds)} by ${verdict.by}, ${verdict.source}, weight ${verdict.weight}`],
    ['expires', verdict.expiresSeconds === null ? 'never, it fades' : minute(verdict.expiresSeconds)],
    ['reason', verdict.reason ?? ''],
    ['state', `${state}: ${STATES[state] ?? ''}`],
    ['strength', strength.toFixed(2)],
    ...(verdict.parent === undefined ? [] : [['from', verdict.parent] as const]),
    ...(children.length === 0 ? [] : [['propagated', children.join(', ')] as const]),
  ];
  return `${lines.map(([name, text]) => `${name.padEnd(11)}${text}`.trimEnd()).join('\n')}\n`;
};
