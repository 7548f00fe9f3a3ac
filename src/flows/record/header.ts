import { BellwetherError } from '../../platform/index.ts';
import { columnKey, type IdentityName, identityName, STATISTICS, statisticPlace } from './columns.ts';

/** CICFlowMeter writes 84 to 89 columns; tools add some. More is another kind of file. */
export const MAX_COLUMNS = 512;

const COMMA = 44;
const SEMICOLON = 59;
const TAB = 9;
const RETURN = 13;

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
  /** Of who talked to whom and when, what the file does not have. */
  readonly absentIdentities: readonly string[];
}

/** What surroundings, conversations and workloads are made of. */
const NEEDED_IDENTITIES: readonly IdentityName[] = ['Src IP', 'Src Port', 'Dst IP', 'Dst Port', 'Timestamp'];

/** CIC-IDS2017 and its kin write this column twice with the same numbers; any other repetition leaves open which one is meant. */
const KNOWN_TWICE = columnKey('Fwd Header Length');

const shorten = (names: readonly string[]): string =>
  names.length <= 8 ? names.join(', ') : `${names.slice(0, 8).join(', ')} and ${names.length - 8} more`;

const GZIP = [0x1f, 0x8b];
const UTF_16 = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];
const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean => start.every((byte, i) => bytes[i] === byte);

/** What people most often take for a flow file, with what to do about it; undefined for anything else. */
export const foreignForm = (line: Uint8Array): string | undefined => {
  if (startsWith(line, GZIP)) return 'it is compressed: give the file a name that ends in .gz';
  if (UTF_16.some((start) => startsWith(line, start))) return 'its text is UTF-16, a flow file is UTF-8';
  if (line.includes(RETURN)) return 'its lines end with a carriage return alone';
  if (line.includes(COMMA)) return undefined;
  if (line.includes(SEMICOLON)) return 'its columns are separated by semicolons, those of a flow file by commas';
  return line.includes(TAB) ? 'its columns are separated by tabs, those of a flow file by commas' : undefined;
};

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
  const absentIdentities = NEEDED_IDENTITIES.filter((name) => !identities.includes(name));
  return { columns, statistics, identities, texts, absent, absentIdentities };
};

/** What a person should know of a file that lacks columns; nothing where it has all. */
export const describeAbsent = ({ absent, absentIdentities }: FlowHeader): string[] => [
  ...(absent.length > 0
    ? [`there is no column ${shorten(absent)}: scored with 0 there, which a model of whole files may take for odd`]
    : []),
  ...(absentIdentities.length > 0
    ? [`there is no column ${shorten(absentIdentities)}: conversations, surroundings and workloads are not known without it`]
    : []),
];
