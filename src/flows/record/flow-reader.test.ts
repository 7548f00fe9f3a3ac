import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FLOW_HEADER, flowCsv, flowLine } from '../../testing/flow-builders.ts';
import { columnKey, STATISTICS, statisticPlace } from './columns.ts';
import { parseDecimalField } from './decimal-field.ts';
import type { Flow, FlowProblem } from './flow.ts';
import { createFlowReader, type FlowReaderOptions } from './flow-reader.ts';
import { describeAbsent } from './header.ts';
import { parseStartTime } from './start-time.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (chunks: readonly Uint8Array[], options: FlowReaderOptions = {}) => {
  const flows: Flow[] = [];
  const problems: FlowProblem[] = [];
  const reader = createFlowReader(options, { flow: (flow) => flows.push(flow), problem: (problem) => problems.push(problem) });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return { flows, problems, reader };
};
const statistic = (flow: Flow, name: string): number => flow.statistics[statisticPlace(name)!]!;

/** What other versions call a column, beside the name of version 4. */
const OTHER_NAMES: readonly (readonly [string, string, string])[] = [
  ['Total Fwd Packet', 'Total Fwd Packets', 'Tot Fwd Pkts'],
  ['Total Bwd packets', 'Total Backward Packets', 'Tot Bwd Pkts'],
  ['Total Length of Fwd Packet', 'Total Length of Fwd Packets', 'TotLen Fwd Pkts'],
  ['Total Length of Bwd Packet', 'Total Length of Bwd Packets', 'TotLen Bwd Pkts'],
  ['Fwd Packet Length Max', 'Fwd Packet Length Max', 'Fwd Pkt Len Max'],
  ['Packet Length Min', 'Min Packet Length', 'Pkt Len Min'],
  ['Packet Length Variance', 'Packet Length Variance', 'Pkt Len Var'],
  ['Flow Bytes/s', 'Flow Bytes/s', 'Flow Byts/s'],
  ['Flow IAT Mean', 'Flow IAT Mean', 'flow_iat_mean'],
  ['Fwd Header Length', 'Fwd Header Length', 'Fwd Header Len'],
  ['Bwd Packets/s', 'Bwd Packets/s', 'Bwd Pkts/s'],
  ['CWR Flag Count', 'CWE Flag Count', 'CWE Flag Count'],
  ['FIN Flag Count', 'FIN Flag Count', 'FIN Flag Cnt'],
  ['Average Packet Size', 'Average Packet Size', 'Pkt Size Avg'],
  ['Fwd Segment Size Avg', 'Avg Fwd Segment Size', 'Fwd Seg Size Avg'],
  ['Fwd Bytes/Bulk Avg', 'Fwd Avg Bytes/Bulk', 'Fwd Byts/b Avg'],
  ['Bwd Packet/Bulk Avg', 'Bwd Avg Packets/Bulk', 'Bwd Pkts/b Avg'],
  ['Fwd Bulk Rate Avg', 'Fwd Avg Bulk Rate', 'Fwd Blk Rate Avg'],
  ['Subflow Fwd Bytes', 'Subflow Fwd Bytes', 'Subflow Fwd Byts'],
  ['FWD Init Win Bytes', 'Init_Win_bytes_forward', 'Init Fwd Win Byts'],
  ['Fwd Act Data Pkts', 'act_data_pkt_fwd', 'Fwd Act Data Pkts'],
  ['Fwd Seg Size Min', 'min_seg_size_forward', 'Fwd Seg Size Min'],
  ['Src IP', 'Source IP', 'src_ip'],
  ['Dst Port', 'Destination Port', 'Dst Port'],
];

describe('columnKey', () => {
  it.each(OTHER_NAMES)('takes %s, %s and %s for the same column', (name, long, short) => {
    expect(columnKey(long)).toBe(columnKey(name));
    expect(columnKey(short)).toBe(columnKey(name));
  });

  it('tells all columns of a file apart', () => {
    expect(new Set(FLOW_HEADER.map(columnKey)).size).toBe(7 + STATISTICS.length);
    expect(STATISTICS).toHaveLength(79);
    expect(STATISTICS.filter(({ isPayloadSize }) => isPayloadSize)).toHaveLength(25);
  });
});

describe('parseDecimalField', () => {
  const parse = (text: string): number | undefined => parseDecimalField(bytes(text), 0, text.length);

  it('gives what Number gives, whatever the number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) =>
        Object.is(parse(String(x)), Number(String(x)) || (Object.is(x, -0) ? 0 : x)),
      ),
    );
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 9 }), (x, digits) => parse(x.toFixed(digits)) === x),
    );
  });

  it.each(['1.1997793200000001E7', '105.36363636363636', '0.1', '.5', '+3', '1e5', '1E-7', '123456789012345678901', '-0.25'])(
    'reads %s exactly',
    (text) => {
      expect(parse(text)).toBe(Number(text));
    },
  );

  it.each(['', 'NaN', 'Infinity', '-inf', 'nan', '1e999'])('takes %p for a gap', (text) => {
    expect(parse(text)).toBeNaN();
  });

  it.each(['abc', '1,5', '0x10', '1.2.3', '--1', '1e', '-', '.', '1 2', '12a'])('refuses %p', (text) => {
    expect(parse(text)).toBeUndefined();
  });
});

describe('parseStartTime', () => {
  it.each([
    ['2023-03-09 01:38:31.052690', Date.UTC(2023, 2, 9, 1, 38, 31) + 52.69],
    ['2023-03-09T01:38:31Z', Date.UTC(2023, 2, 9, 1, 38, 31)],
    ['03/07/2017 08:55:58 PM', Date.UTC(2017, 6, 3, 20, 55, 58)],
    ['3/7/2017 12:05', Date.UTC(2017, 6, 3, 12, 5)],
    ['29/02/2024 12:00:00 AM', Date.UTC(2024, 1, 29)],
    ['1678325911', 1_678_325_911_000],
    ['1678325911052', 1_678_325_911_052],
  ])('reads %s', (text, wanted) => {
    expect(parseStartTime(text)).toBeCloseTo(wanted, 2);
  });

  it.each([
    '',
    'yesterday',
    '2023-13-01 00:00:00',
    '2023-02-29 00:00:00',
    '31/04/2020 00:00:00',
    '2023-01-01 24:00:00',
    '1/1/2020 13:00 PM',
    '2023-01-01 00:61:00',
  ])('refuses %p', (text) => {
    expect(parseStartTime(text)).toBeNaN();
  });
});

describe('createFlowReader', () => {
  it('gives each row with its identity, numbers and the texts asked for', () => {
    const header = [...FLOW_HEADER, 'Family'];
    const { flows, problems } = read([flowCsv([{ 'Flow Duration': 7, Family: 'scan' }, { 'Src Port': 53 }], header)], {
      textColumns: ['Family'],
    });
    expect(problems).toEqual([]);
    expect(flows.map(({ row, sourcePort, texts }) => ({ row, sourcePort, texts }))).toEqual([
      { row: 0, sourcePort: 40_000, texts: ['scan'] },
      { row: 1, sourcePort: 53, texts: ['0'] },
    ]);
    expect(flows[0]).toMatchObject({
      source: '10.0.0.1',
      destination: '10.0.0.2',
      destinationPort: 8080,
      protocol: 6,
      startMs: Date.UTC(2026, 0, 1),
    });
    expect(statistic(flows[0]!, 'Flow Duration')).toBe(7);
  });

  it('does not care where the bytes are cut', () => {
    const file = flowCsv([{ 'Flow Duration': 1.25 }, { 'Flow Duration': 2 }, { 'Dst IP': 'fe80::1' }]);
    const whole = read([file]).flows;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: file.length }), { maxLength: 6 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), file.length];
        expect(read(places.slice(1).map((to, i) => file.subarray(places[i], to))).flows).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('reads what Windows and spreadsheets make of it: a byte order mark, carriage returns, quotes, a last line without end', () => {
    const text = `\ufeff${FLOW_HEADER.map((name) => `"${name}"`).join(',')}\r\n"a,b"${flowLine().slice(1)}\r\n\r\n${flowLine()}`;
    const { flows, problems } = read([bytes(text)]);
    expect(problems).toEqual([]);
    expect(flows).toHaveLength(2);
  });

  it('takes infinite and missing numbers for gaps and counts them', () => {
    const { flows, problems, reader } = read([flowCsv([{ 'Flow Bytes/s': 'Infinity', 'Flow IAT Mean': 'NaN', 'Flow IAT Std': '' }])]);
    expect(problems).toEqual([]);
    expect(statistic(flows[0]!, 'Flow Bytes/s')).toBeNaN();
    expect([...reader.gaps.keys()]).toEqual(['Flow Bytes/s', 'Flow IAT Mean', 'Flow IAT Std']);
  });

  it.each(FLOW_HEADER.filter((name) => name !== 'Flow ID' && !name.endsWith('IP')))(
    'tells a wrong type in %s and reads the next row',
    (name) => {
      const { flows, problems } = read([flowCsv([{ [name]: 'x y' }, {}])]);
      expect(problems).toEqual([{ line: 2, column: name, reason: expect.stringContaining('"x y"') }]);
      expect(flows.map(({ row }) => row)).toEqual([1]);
    },
  );

  it.each([
    ['too few fields', '1,2,3', /^3 fields, the header has 86$|is not/],
    ['too many fields', `${flowLine()},1`, /^more than the 86 fields of the header$/],
    ['an open quote', `"${flowLine()}`, /^a quote is left open$/],
    ['a line without end', `${'9'.repeat(100_000)}`, /^longer than 65536 bytes$/],
    ['a port beyond the range', flowLine({ 'Dst Port': 70_000 }), /is not a whole number from 0 to 65535/],
    ['a second header', FLOW_HEADER.join(','), /is not/],
  ])('tells %s', (_, line, reason) => {
    const { flows, problems } = read([bytes(`${FLOW_HEADER.join(',')}\n${line}\n${flowLine()}\n`)]);
    expect(problems).toEqual([expect.objectContaining({ line: 2, reason: expect.stringMatching(reason) })]);
    expect(flows).toHaveLength(1);
  });

  it('keeps no more than a bounded piece of an endless line', () => {
    const reader = createFlowReader({}, { flow: () => undefined, problem: () => undefined });
    reader.push(bytes(`${FLOW_HEADER.join(',')}\n`));
    const piece = new Uint8Array(1 << 20).fill(49);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 256; i++) reader.push(piece);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
    expect(reader.pendingBytes).toBe(256 * 2 ** 20);
  });

  it.each([
    ['no header', ['1,2,3'], /this is no flow file/],
    ['nothing', [], /this is no flow file/],
    [
      'ten thousand columns',
      [[...FLOW_HEADER, ...Array.from({ length: 9_914 }, (_, i) => `c${i}`)].join(',')],
      /10000 columns, a flow file has at most 512|longer than/,
    ],
    ['a column twice', [`${FLOW_HEADER.join(',')},Src Port`], /columns occur twice: Src Port \(columns 3 and 87\)/],
    ['the same column in two styles', [`${FLOW_HEADER.join(',')},Tot Fwd Pkts`], /columns occur twice: Tot Fwd Pkts/],
  ])('refuses a file with %s', (_, lines, message) => {
    expect(() => read([bytes(lines.join('\n'))])).toThrow(message);
  });

  it('accepts the one column that older versions write twice', () => {
    const header = [...FLOW_HEADER, 'Fwd Header Length'];
    expect(read([flowCsv([{}], header)]).flows).toHaveLength(1);
  });

  it('refuses a file without the label column, and says which there are', () => {
    expect(() => read([flowCsv([{}])], { textColumns: ['Family'] })).toThrow(/no column Family; there are Flow ID, Src IP/);
  });

  it('goes on in the middle of a file that was begun before', () => {
    const { flows, problems } = read([bytes(`${flowLine()}\nbad\n`)], { resume: { header: FLOW_HEADER, rows: 5 } });
    expect(flows.map(({ row }) => row)).toEqual([5]);
    expect(problems.map(({ line }) => line)).toEqual([8]);
  });

  it.each([
    ['compressed bytes', Uint8Array.of(0x1f, 0x8b, 8, 0, 10), /give the file a name that ends in .gz/],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 65, 0, 10), /its text is UTF-16/],
    ['semicolons', bytes('a;b\n'), /separated by semicolons/],
    ['tabs', bytes('a\tb\n'), /separated by tabs/],
    ['carriage returns', bytes('a,b\rc,d\r\n'), /carriage return alone/],
    ['another table', bytes('\n\na,b\n'), /this is no flow file: only 0 of 79/],
  ])('says what is wrong with %s', (_, file, message) => {
    expect(() => read([file])).toThrow(message);
  });

  it('passes over empty lines before the header, and blanks around texts', () => {
    const { flows } = read([
      bytes(`\n\r\n${FLOW_HEADER.join(',')}\n${flowLine({ 'Src IP': ' 10.0.0.9 ', Timestamp: ' 2026-01-01 00:00:01 ' })}\n`),
    ]);
    expect(flows).toMatchObject([{ row: 0, source: '10.0.0.9', startMs: Date.UTC(2026, 0, 1, 0, 0, 1) }]);
  });

  it('knows which columns are not there', () => {
    const few = FLOW_HEADER.filter((name) => name !== 'Timestamp' && name !== 'Idle Min');
    const { reader } = read([flowCsv([{}], few)]);
    expect(describeAbsent(reader.header!)).toEqual([
      expect.stringMatching(/^there is no column Idle Min: scored with 0/),
      expect.stringMatching(/^there is no column Timestamp: conversations/),
    ]);
    expect(describeAbsent(read([flowCsv([{}])]).reader.header!)).toEqual([]);
  });
});
