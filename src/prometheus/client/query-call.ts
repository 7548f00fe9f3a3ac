import type { Selector } from '../../conventions/index.ts';
import { readBody } from '../../platform/index.ts';
import { formatSelector } from '../promql/format-selector.ts';
import { createSeriesCollector, type SeriesCollector } from '../series/series-collector.ts';
import type { ReadRequest } from '../series-source.ts';
import { decodeMatrix } from './decode-matrix.ts';
import { type Answer, bodyStart, type CallContext, metered, tenantHeader } from './remote-read-call.ts';
import { statusError, UpstreamError } from './upstream-error.ts';

// Prometheus refuses more points per series than 11,000.
const MAX_POINTS = 11_000;

/**
 * The samples by the query API: `selector[window]` as an instant query gives them raw, one call per selector.
 * `resampled` asks `query_range` instead, for servers whose limits forbid that: values on a grid of `rangeStepMs`, stale series up to 5 min longer.
 * https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export const callQueryApi = async (request: ReadRequest, resampled: boolean, context: CallContext): Promise<Answer> => {
  const { selectors, startMs, endMs } = request;
  const { settings } = context;
  const collector = createSeriesCollector({ queries: selectors.length, startMs, endMs, maxSamples: settings.maxSamples });
  for (const [index, selector] of selectors.entries()) {
    const query = formatSelector(withoutExternal(selector, settings.externalLabels));
    for (const call of resampled ? rangeCalls(query, request, settings.rangeStepMs) : [instantCall(query, request)]) {
      await ask(call, index, collector, context);
    }
  }
  return { rung: 'query', ...collector.finish() };
};

interface QueryCall {
  readonly endpoint: 'query' | 'query_range';
  readonly form: Readonly<Record<string, string>>;
}

/** A range is open at its start since Prometheus 3 and closed before: one millisecond more gives the first sample in either. */
const instantCall = (query: string, { startMs, endMs }: ReadRequest): QueryCall => ({
  endpoint: 'query',
  form: { query: `${query}[${endMs - startMs + 1}ms]`, time: seconds(endMs) },
});

/** Calls on a grid that does not depend on the range, in parts that keep the limit of points. */
const rangeCalls = (query: string, { startMs, endMs }: ReadRequest, stepMs: number): QueryCall[] => {
  const calls: QueryCall[] = [];
  const first = Math.ceil(startMs / stepMs) * stepMs;
  for (let from = first; from <= endMs; from += MAX_POINTS * stepMs) {
    const to = Math.min(endMs, from + (MAX_POINTS - 1) * stepMs);
    calls.push({ endpoint: 'query_range', form: { query, start: seconds(from), end: seconds(to), step: seconds(stepMs) } });
  }
  return calls;
};

const ask = async ({ endpoint, form }: QueryCall, index: number, collector: SeriesCollector, context: CallContext): Promise<void> => {
  const { http, settings, timeoutMs, signal, meter, labels } = context;
  const response = await http.request({
    method: 'POST',
    url: `${settings.url}/api/v1/${endpoint}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...tenantHeader(settings) },
    // Thanos would answer with what it got when a store is down; Prometheus passes over the parameter.
    body: new URLSearchParams({ ...form, partial_response: 'false' }).toString(),
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.status !== 200) throw statusError(endpoint, response.status, response.headers, await bodyStart(response));
  const [type] = (response.headers['content-type'] ?? '').split(';');
  if (type !== 'application/json') {
    const text = (await bodyStart(response)).slice(0, 80);
    throw new UpstreamError('upstream_unsupported', `${endpoint} answered "${type}" instead of JSON: ${text}`, response.status);
  }
  const body = await readBody(metered(response.body, meter, settings.maxBytes), settings.maxBytes);
  decodeMatrix(Buffer.from(body).toString('utf8'), index, labels, collector);
};

/** The query API does not know external labels; a remote-read server takes equality with them as fulfilled. */
const withoutExternal = (selector: Selector, externalLabels: readonly string[]): Selector =>
  selector.filter(({ name, type }) => type !== '=' || !externalLabels.includes(name));

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
