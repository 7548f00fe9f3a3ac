import { BellwetherError } from '../../platform/index.ts';
import { STATISTICS } from './columns.ts';
import { splitQuoted } from './csv-fields.ts';
import { parseDecimalField } from './decimal-field.ts';
import type { Flow, FlowProblem } from './flow.ts';
import { type FlowHeader, foreignForm, readHeader } from './header.ts';
import { createLineSplitter } from './line-splitter.ts';
import { parseStartTime } from './start-time.ts';

const COMMA = 44;
const QUOTE = 34;
const BYTE_ORDER_MARK = '\ufeff';
/** A row of 512 columns with 20 digits each has a sixth of this. */
const MAX_LINE_BYTES = 64 * 1024;
const MAX_PORT = 65_535;
const MAX_PROTOCOL = 255;

export interface FlowReaderOptions {
  /** Columns whose text goes with each flow, such as a label; they are never read as numbers. */
  readonly textColumns?: readonly string[];
  /** Of a file whose first part was read before. */
  readonly resume?: { readonly header: readonly string[]; readonly rows: number };
}

export interface FlowReader {
  /** The flows and problems of the rows that end in this chunk. Throws `invalid_input` where the first line is no header of a flow file. */
  push(chunk: Uint8Array): void;
  /** The last row, where its line has no end. Throws `invalid_input` for an empty file. */
  end(): void;
  readonly header: FlowHeader | undefined;
  /** Rows so far, readable or not. */
  readonly rows: number;
  /** Bytes of a row that has not ended yet. */
  readonly pendingBytes: number;
  /** Fields that were missing or not finite, by column. Their flows are read, with a gap there. */
  readonly gaps: ReadonlyMap<string, number>;
}

export interface FlowSink {
  flow(flow: Flow): void;
  problem(problem: FlowProblem): void;
}

const decoder = new TextDecoder();
const textOf = (bytes: Uint8Array, start: number, end: number): string => {
  // Short ASCII, as addresses and labels are: a decoder costs more than the letters.
  let text = '';
  for (let i = start; i < end; i++) {
    if (bytes[i]! > 127) return decoder.decode(bytes.subarray(start, end));
    text += String.fromCharCode(bytes[i]!);
  }
  return text;
};
const show = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 37)}...` : text);

class RowError extends Error {
  readonly column: string | undefined;
  constructor(reason: string, column?: string) {
    super(reason);
    this.column = column;
  }
}

/**
 * Reads the CSV of any version of CICFlowMeter (84 to 89 columns, found by name) from chunks of bytes. A row that cannot be read is told with line,
 * column and reason and the next one is read; a number that is missing or not finite is a gap in its flow.
 */
export const createFlowReader = (options: FlowReaderOptions, sink: FlowSink): FlowReader => {
  const { textColumns = [], resume } = options;
  let header = resume && readHeader(resume.header, textColumns);
  let line = resume ? resume.rows + 1 : 0;
  let rows = resume?.rows ?? 0;
  const gaps = new Map<string, number>();

  const wholeNumber = (bytes: Uint8Array, start: number, end: number, column: string, most: number): number => {
    const value = parseDecimalField(bytes, start, end);
    if (value === undefined || !Number.isInteger(value) || value < 0 || value > most)
      throw new RowError(`${show(textOf(bytes, start, end))} is not a whole number from 0 to ${most}`, column);
    return value;
  };

  const readRow = (bytes: Uint8Array, start: number, end: number, layout: FlowHeader): Flow => {
    const { columns, statistics: places, identities, texts } = layout;
    const statistics = new Float64Array(STATISTICS.length).fill(Number.NaN);
    const found: string[] = textColumns.map(() => '');
    const flow = {
      row: rows,
      statistics,
      source: '',
      sourcePort: 0,
      destination: '',
      destinationPort: 0,
      protocol: 0,
      startMs: Number.NaN,
      texts: found,
    };
    let from = start;
    let field = 0;
    for (; from <= end; field++) {
      let to = bytes.indexOf(COMMA, from);
      if (to < 0 || to > end) to = end;
      const place = places[field];
      if (place === undefined) throw new RowError(`more than the ${columns.length} fields of the header`);
      if (place >= 0) {
        const value = parseDecimalField(bytes, from, to);
        if (value === undefined) throw new RowError(`${show(textOf(bytes, from, to))} is not a number`, columns[field]);
        if (Number.isNaN(value)) gaps.set(columns[field]!, (gaps.get(columns[field]!) ?? 0) + 1);
        statistics[place] = value;
      } else if (texts[field]! >= 0) found[texts[field]!] = textOf(bytes, from, to).trim();
      else
        switch (identities[field]) {
          case 'Src IP':
            flow.source = textOf(bytes, from, to).trim();
            break;
          case 'Dst IP':
            flow.destination = textOf(bytes, from, to).trim();
            break;
          case 'Src Port':
            flow.sourcePort = wholeNumber(bytes, from, to, columns[field]!, MAX_PORT);
            break;
          case 'Dst Port':
            flow.destinationPort = wholeNumber(bytes, from, to, columns[field]!, MAX_PORT);
            break;
          case 'Protocol':
            flow.protocol = wholeNumber(bytes, from, to, columns[field]!, MAX_PROTOCOL);
            break;
          case 'Timestamp':
            flow.startMs = parseStartTime(textOf(bytes, from, to).trim());
            if (Number.isNaN(flow.startMs)) throw new RowError(`${show(textOf(bytes, from, to))} is not a time`, columns[field]);
            break;
          default:
        }
      from = to + 1;
    }
    if (field < columns.length) throw new RowError(`${field} fields, the header has ${columns.length}`);
    return flow;
  };

  const onLine = (bytes: Uint8Array, start: number, end: number, isWhole: boolean): void => {
    line++;
    if (end === start) return;
    if (!header) {
      const first = bytes.subarray(start, end);
      const foreign = foreignForm(first);
      if (foreign !== undefined) throw new BellwetherError('invalid_input', `line ${line}: this is no flow file: ${foreign}`);
      if (!isWhole) throw new BellwetherError('invalid_input', `line ${line} is longer than ${MAX_LINE_BYTES} bytes: this is no flow file`);
      const text = decoder.decode(first).replace(BYTE_ORDER_MARK, '');
      header = readHeader(
        (splitQuoted(text) ?? []).map((name) => name.trim()),
        textColumns,
      );
      return;
    }
    try {
      if (!isWhole) throw new RowError(`longer than ${MAX_LINE_BYTES} bytes`);
      sink.flow(readLine(bytes, start, end, header));
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      sink.problem({ line, ...(error.column === undefined ? {} : { column: error.column }), reason: error.message });
    }
    rows++;
  };
  const readLine = (bytes: Uint8Array, start: number, end: number, layout: FlowHeader): Flow => {
    // In the line alone: a file without quotes would else be searched to its end for each row.
    if (!bytes.subarray(start, end).includes(QUOTE)) return readRow(bytes, start, end, layout);
    const fields = splitQuoted(decoder.decode(bytes.subarray(start, end)));
    if (!fields) throw new RowError('a quote is left open');
    // Commas inside quotes are not separators; no column that is read has one.
    const plain = new TextEncoder().encode(fields.map((field) => field.replaceAll(',', ';')).join(','));
    return readRow(plain, 0, plain.length, layout);
  };
  const splitter = createLineSplitter(MAX_LINE_BYTES, onLine);
  return {
    push: (chunk) => splitter.push(chunk),
    end: () => {
      splitter.end();
      if (!header) throw new BellwetherError('invalid_input', 'there is no line in it: this is no flow file');
    },
    get header() {
      return header;
    },
    get rows() {
      return rows;
    },
    get pendingBytes() {
      return splitter.pending;
    },
    gaps,
  };
};
