import {
  createTableBuilder,
  type Flow,
  identityName,
  openFlowDetector,
  parseStartTime,
  SIZE_FEATURES,
  STATISTICS,
  type StoredFlowModel,
  statisticPlace,
} from '../../flows/index.ts';
import { BellwetherError, type FromSchema, type Problem } from '../../platform/index.ts';
import { FieldError } from '../../web/index.ts';
import type { PREDICT_FLOW_REQUEST, PREDICT_FLOW_RESPONSE } from './schema/flow-prediction.ts';

export type PredictFlowRequest = FromSchema<typeof PREDICT_FLOW_REQUEST>;
export type PredictFlowResponse = FromSchema<typeof PREDICT_FLOW_RESPONSE>;

const MAX_PORT = 65_535;
const refuse = (key: string, value: unknown, limit: string): never => {
  const problem: Problem = {
    key,
    value,
    limit,
    message: value === undefined ? `${key} is missing` : `${key} is ${JSON.stringify(value)}, but must be ${limit}`,
  };
  throw new FieldError([problem]);
};

const numberOf = (key: string, value: unknown): number => {
  if (value === null) return Number.NaN;
  if (typeof value === 'number') return value;
  return refuse(key, value, 'a number, or null');
};
const addressOf = (key: string, value: unknown): string =>
  value === null ? '' : typeof value === 'string' && value.length <= 64 ? value : refuse(key, value, 'an address as text, or null');
const portOf = (key: string, value: unknown): number => {
  const port = numberOf(key, value);
  return Number.isInteger(port) && port >= 0 && port <= MAX_PORT ? port : refuse(key, value, `a whole number from 0 to ${MAX_PORT}`);
};

/** A flow out of a request. Throws `FieldError` with the place of the first wrong field. */
export const flowOf = (fields: PredictFlowRequest['flows'][number], row: number): Flow => {
  const at = `flows[${row}]`;
  const statistics = new Float64Array(STATISTICS.length).fill(Number.NaN);
  const flow = {
    row,
    statistics,
    source: '',
    sourcePort: 0,
    destination: '',
    destinationPort: 0,
    protocol: 0,
    startMs: Number.NaN,
    texts: [],
  };
  const seen = new Set<number | string>();
  for (const [name, value] of Object.entries(fields)) {
    const key = `${at}.${name}`;
    const place = statisticPlace(name);
    const identity = identityName(name);
    const known = place ?? identity ?? refuse(key, value, 'a column of CICFlowMeter: this one is not known');
    if (seen.has(known)) refuse(key, value, 'given once: another style of the same column is there too');
    seen.add(known);
    if (place !== undefined) statistics[place] = numberOf(key, value);
    else if (identity === 'Src Port') flow.sourcePort = portOf(key, value);
    else if (identity === 'Dst Port') flow.destinationPort = portOf(key, value);
    else if (identity === 'Src IP') flow.source = addressOf(key, value);
    else if (identity === 'Dst IP') flow.destination = addressOf(key, value);
    else if (identity === 'Timestamp' && value !== null) {
      flow.startMs = parseStartTime(String(value));
      if (Number.isNaN(flow.startMs)) refuse(key, value, 'a time');
    }
  }
  for (const { name, place } of SIZE_FEATURES) if (!seen.has(place)) refuse(`${at}.${name}`, undefined, 'required');
  return flow;
};

/** Scores flows that nothing else knows of. Throws `not_found` where no model is configured. */
export const predictFlows = (stored: StoredFlowModel | undefined, { flows }: PredictFlowRequest): PredictFlowResponse => {
  if (!stored) throw new BellwetherError('not_found', 'no flow model is at work here: flows.model is not set');
  const builder = createTableBuilder();
  for (const [row, fields] of flows.entries()) builder.add(flowOf(fields, row));
  const results = openFlowDetector(stored.model)
    .judge(builder.table())
    .map(({ family, score, reasons }) => ({ class: family, score, reasons: score >= 1 ? reasons() : [] }));
  return { modelVersion: stored.version, results };
};
