import { type Flow, IDENTITIES, STATISTICS } from '../flows/index.ts';

/** Column names as CICFlowMeter 4 writes them. */
export const FLOW_HEADER: readonly string[] = [...IDENTITIES, ...STATISTICS.map(({ name }) => name)];

type Fields = Readonly<Record<string, string | number>>;

/** A made-up flow of five packets each way as fields by column name. */
const USUAL: Fields = {
  'Flow ID': 'f',
  'Src IP': '10.0.0.1',
  'Src Port': 40_000,
  'Dst IP': '10.0.0.2',
  'Dst Port': 8080,
  Protocol: 6,
  Timestamp: '2026-01-01 00:00:00',
  'Flow Duration': 1000,
  'Total Fwd Packet': 5,
  'Total Bwd packets': 5,
};

/** One line of CSV. */
export const flowLine = (fields: Fields = {}, header: readonly string[] = FLOW_HEADER): string =>
  header.map((name) => String(fields[name] ?? USUAL[name] ?? 0)).join(',');

/** A flow file. */
export const flowCsv = (rows: readonly Fields[], header: readonly string[] = FLOW_HEADER): Uint8Array =>
  new TextEncoder().encode(`${[header.join(','), ...rows.map((row) => flowLine(row, header))].join('\n')}\n`);

/** A flow as the reader gives it. */
export const makeFlow = (parts: Partial<Omit<Flow, 'statistics'>> & { readonly statistics?: Fields } = {}): Flow => {
  const { statistics = {}, ...rest } = parts;
  return {
    row: 0,
    source: '10.0.0.1',
    sourcePort: 40_000,
    destination: '10.0.0.2',
    destinationPort: 8080,
    protocol: 6,
    startMs: 0,
    texts: [],
    ...rest,
    statistics: Float64Array.from(STATISTICS, ({ name }) => Number(statistics[name] ?? USUAL[name] ?? 0)),
  };
};
