/** Which kind of number a column holds; the picture lays columns out by it. */
export type FlowGroup =
  | 'volume'
  | 'packet-length'
  | 'inter-arrival'
  | 'flags'
  | 'headers-and-rates'
  | 'ratios'
  | 'bulk'
  | 'subflow'
  | 'windows-and-data'
  | 'active-and-idle'
  | 'time';

/** A statistic of a flow. */
export interface StatisticColumn {
  /** As CICFlowMeter 4 spells it. */
  readonly name: string;
  readonly group: FlowGroup;
  readonly unit: 'bytes' | 'packets' | 'microseconds' | 'bytes/s' | 'packets/s' | 'count' | 'ratio';
  /** Counts bytes of payload, or is made of such a count. */
  readonly isPayloadSize: boolean;
}

type Unit = StatisticColumn['unit'];
type Row = readonly [name: string, unit: Unit, payload?: 'payload'];

const group = (name: FlowGroup, rows: readonly Row[]): StatisticColumn[] =>
  rows.map(([column, unit, payload]) => ({ name: column, group: name, unit, isPayloadSize: payload !== undefined }));

const sides = (make: (side: 'Fwd' | 'Bwd') => readonly Row[]): Row[] => [...make('Fwd'), ...make('Bwd')];
const each = (parts: readonly string[], make: (part: string) => Row): Row[] => parts.map(make);
const SPREAD = ['Mean', 'Std', 'Max', 'Min'];

/** The 79 statistics of CICFlowMeter 4 in its order within each group; older versions write some of them under other names, and not all. */
export const STATISTICS: readonly StatisticColumn[] = [
  ...group('volume', [
    ['Flow Duration', 'microseconds'],
    ['Total Fwd Packet', 'packets'],
    ['Total Bwd packets', 'packets'],
    ['Total Length of Fwd Packet', 'bytes', 'payload'],
    ['Total Length of Bwd Packet', 'bytes', 'payload'],
    ['Flow Bytes/s', 'bytes/s', 'payload'],
    ['Flow Packets/s', 'packets/s'],
  ]),
  ...group('packet-length', [
    ...sides((side) => each(['Max', 'Min', 'Mean', 'Std'], (part) => [`${side} Packet Length ${part}`, 'bytes', 'payload'])),
    ...each(['Min', 'Max', 'Mean', 'Std', 'Variance'], (part) => [`Packet Length ${part}`, 'bytes', 'payload']),
  ]),
  ...group('inter-arrival', [
    ...each(SPREAD, (part) => [`Flow IAT ${part}`, 'microseconds']),
    ...sides((side) => each(['Total', ...SPREAD], (part) => [`${side} IAT ${part}`, 'microseconds'])),
  ]),
  ...group('flags', [
    ...each(['PSH', 'URG', 'RST'], (flag) => [`Fwd ${flag} Flags`, 'count']),
    ...each(['PSH', 'URG', 'RST'], (flag) => [`Bwd ${flag} Flags`, 'count']),
    ...each(['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'CWR', 'ECE'], (flag) => [`${flag} Flag Count`, 'count']),
  ]),
  ...group('headers-and-rates', [
    ['Fwd Header Length', 'bytes'],
    ['Bwd Header Length', 'bytes'],
    ['Fwd Packets/s', 'packets/s'],
    ['Bwd Packets/s', 'packets/s'],
  ]),
  ...group('ratios', [
    ['Down/Up Ratio', 'ratio'],
    ['Average Packet Size', 'bytes', 'payload'],
    ['Fwd Segment Size Avg', 'bytes', 'payload'],
    ['Bwd Segment Size Avg', 'bytes', 'payload'],
  ]),
  ...group(
    'bulk',
    sides((side) => [
      [`${side} Bytes/Bulk Avg`, 'bytes', 'payload'],
      [`${side} Packet/Bulk Avg`, 'packets'],
      [`${side} Bulk Rate Avg`, 'bytes/s', 'payload'],
    ]),
  ),
  ...group(
    'subflow',
    sides((side) => [
      [`Subflow ${side} Packets`, 'packets'],
      [`Subflow ${side} Bytes`, 'bytes', 'payload'],
    ]),
  ),
  ...group('windows-and-data', [
    ['FWD Init Win Bytes', 'bytes'],
    ['Bwd Init Win Bytes', 'bytes'],
    ['Fwd Act Data Pkts', 'packets'],
    ['Fwd Seg Size Min', 'bytes'],
  ]),
  ...group('active-and-idle', [
    ...each(SPREAD, (part) => [`Active ${part}`, 'microseconds']),
    ...each(SPREAD, (part) => [`Idle ${part}`, 'microseconds']),
  ]),
  ...group('time', [['Total TCP Flow Time', 'microseconds']]),
];

/** Columns that say which flow it is. */
export const IDENTITIES = ['Flow ID', 'Src IP', 'Src Port', 'Dst IP', 'Dst Port', 'Protocol', 'Timestamp'] as const;
export type IdentityName = (typeof IDENTITIES)[number];

/** Words that the versions of CICFlowMeter write differently; the value is the one compared. An empty one is left out. */
const WORDS: Readonly<Record<string, string>> = {
  packets: 'packet',
  pkts: 'packet',
  pkt: 'packet',
  length: 'len',
  tot: 'total',
  bytes: 'byte',
  byts: 'byte',
  byt: 'byte',
  source: 'src',
  destination: 'dst',
  average: 'avg',
  header: 'hdr',
  segment: 'seg',
  count: 'cnt',
  blk: 'bulk',
  var: 'variance',
  b: 'bulk',
  flags: 'flag',
  forward: 'fwd',
  backward: 'bwd',
  // Written CWE by versions before 4.
  cwe: 'cwr',
  of: '',
  the: '',
};

// Where one word ends and the next begins: `TotLen`, `flow_byts_s`, `Bytes/Bulk`.
const WORD_BORDER = /(?<=[a-z])(?=[A-Z][a-z])|[^A-Za-z0-9]+/;

/**
 * What a column means, whatever the style: the words in one spelling and in alphabetical order, because the styles also differ in order
 * (`Max Packet Length`, `Packet Length Max`, `Pkt Len Max`, `pkt_len_max`).
 */
export const columnKey = (name: string): string =>
  name
    .split(WORD_BORDER)
    .map((word) => WORDS[word.toLowerCase()] ?? word.toLowerCase())
    .filter((word) => word !== '')
    .sort()
    .join(' ');

const STATISTIC_PLACES: ReadonlyMap<string, number> = new Map(STATISTICS.map(({ name }, i) => [columnKey(name), i]));
const IDENTITY_NAMES: ReadonlyMap<string, IdentityName> = new Map(IDENTITIES.map((name) => [columnKey(name), name]));

/** The place of a statistic by any of its names. */
export const statisticPlace = (name: string): number | undefined => STATISTIC_PLACES.get(columnKey(name));
export const identityName = (name: string): IdentityName | undefined => IDENTITY_NAMES.get(columnKey(name));
