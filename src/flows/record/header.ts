import { BellwetherError } from '../../platform/index.ts';
import { columnKey, type IdentityName, identityName, STATISTICS, statisticPlace } from './columns.ts';

/** CICFlowMeter writes 84 to 89 columns; tools add some. More is another kind of file. */
export const MAX_COLUMNS = 512;

/** What the fields of a row are. */
export interface FlowHeader {
  readonly columns: readonly string[];
  /** Per field: the place in `STATISTICS`, or -1. */
  readonly statistics: Int16Array;
  /** Per field: the identity it holds. */
  readonly identities: readonly (IdentityName | undefined)[];
  /** Per field: the place among the texts asked for, or -1. */
  readonly texts: Int16Array;
  /** Statistics that the file does not have. */
  readonly absent: readonly string[];
}

/** CIC-IDS2017 and its kin write this column twice with the same numbers; any other repetition leaves open which one is meant. */
const KNOWN_TWICE = columnKey('Fwd Header Length');

const shorten = (names: readonly string[]): string =>
  names.length <= 8 ? names.join(', ') : `${names.slice(0, 8).join(', ')} and ${names.length - 8} more`;

/**
 * Finds out by name what each field is. Throws `invalid_input` where the line is not the header of a flow file, has a column twice, or
 * lacks a text column that was asked for.
 */
export const readHeader = (columns: readonly string[], textColumns: readonly string[]): FlowHeader => {
  const fail = (why: string): never => {
    throw new BellwetherError('invalid_input', `line 1: ${why}`);
  };
  if (columns.length > MAX_COLUMNS) fail(`${columns.length} columns, a flow file has at most ${MAX_COLUMNS}`);
  const statistics = new Int16Array(columns.length).fill(-1);
  const texts = new Int16Array(columns.length).fill(-1);
  const identities: (IdentityName | undefined)[] = [];
  const seen = new Map<string, number>();
  const twice: string[] = [];
  columns.forEach((name, field) => {
    const key = columnKey(name);
    const text = textColumns.indexOf(name);
    const isText = text >= 0;
    identities.push(isText ? undefined : identityName(name));
    if (seen.has(key) && (isText || key !== '')) {
      // The second one is left unread.
      if (key !== KNOWN_TWICE) twice.push(`${name} (columns ${seen.get(key)! + 1} and ${field + 1})`);
      return;
    }
    seen.set(key, field);
    if (isText) texts[field] = text;
    else statistics[field] = statisticPlace(name) ?? -1;
  });
  if (twice.length > 0) fail(`columns occur twice: ${shorten(twice)}`);
  const found = new Set(statistics);
  const absent = STATISTICS.flatMap(({ name }, i) => (found.has(i) ? [] : [name]));
  if (absent.length > STATISTICS.length / 2)
    fail(
      `this is no flow file: only ${STATISTICS.length - absent.length} of ${STATISTICS.length} flow statistics are among its ${columns.length} columns`,
    );
  const missing = textColumns.filter((_, i) => !texts.includes(i));
  if (missing.length > 0) fail(`there is no column ${shorten(missing)}; there are ${shorten(columns)}`);
  return { columns, statistics, identities, texts, absent };
};
