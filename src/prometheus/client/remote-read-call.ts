import type { SelectorResult } from '../../conventions/index.ts';
import { BellwetherError, type HttpClient, type HttpResponse, readBody } from '../../platform/index.ts';
import type { LabelTable } from '../series/label-table.ts';
import { type CollectStats, createSeriesCollector, type SeriesCollector } from '../series/series-collector.ts';
import type { ReadRequest, Rung } from '../series-source.ts';
import { decodeSamples } from '../wire/decode-samples.ts';
import { createStreamedDecoder } from '../wire/decode-streamed.ts';
import { createFrameReader } from '../wire/frame-reader.ts';
import { encodeReadRequest, RESPONSE_TYPE } from '../wire/read-request.ts';
import { snappyDecode } from '../wire/snappy.ts';
import type { SourceSettings } from './source-options.ts';
import { statusError, UpstreamError } from './upstream-error.ts';

/** What a call has cost so far; read also when it fails. */
export interface CallMeter {
  bytes: number;
  frames: number;
}

export interface CallContext {
  readonly http: HttpClient;
  readonly labels: LabelTable;
  readonly settings: SourceSettings;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly meter: CallMeter;
}

export interface Answer {
  /** The rung that the server chose. */
  readonly rung: Rung;
  readonly results: readonly SelectorResult[];
  readonly stats: CollectStats;
}

// Enough of an error page to tell what it is.
const ERROR_BODY_BYTES = 4096;
const VERSION = '0.1.0';
const STREAMED_TYPE = 'application/x-streamed-protobuf';
const SAMPLES_TYPE = 'application/x-protobuf';

/**
 * One `POST /api/v1/read` with a query per selector. The server picks the kind of answer; its Content-Type says which.
 * https://prometheus.io/docs/prometheus/latest/querying/remote_read_api/
 */
export const callRemoteRead = async (request: ReadRequest, accept: 'streamed' | 'samples', context: CallContext): Promise<Answer> => {
  const { http, settings, timeoutMs, signal, meter } = context;
  const { streamed, samples } = RESPONSE_TYPE;
  const queries = request.selectors.map((selector) => ({ selector, startMs: request.startMs, endMs: request.endMs }));
  const response = await http.request({
    method: 'POST',
    url: `${settings.url}/api/v1/read`,
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'accept-encoding': 'snappy',
      'x-prometheus-remote-read-version': VERSION,
      ...tenantHeader(settings),
    },
    body: encodeReadRequest(queries, accept === 'streamed' ? [streamed, samples] : [samples]),
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.status !== 200) throw statusError('remote read', response.status, response.headers, await bodyStart(response));
  const collector = createSeriesCollector({
    queries: queries.length,
    startMs: request.startMs,
    endMs: request.endMs,
    maxSamples: settings.maxSamples,
  });
  const [type] = (response.headers['content-type'] ?? '').split(';');
  if (type === STREAMED_TYPE) {
    await readStreamed(response, collector, context);
    return { rung: 'streamed', ...collector.finish() };
  }
  if (type === SAMPLES_TYPE) {
    const body = await readBody(metered(response.body, meter, settings.maxBytes), settings.maxBytes);
    decodeSamples(snappyDecode(body, settings.maxBytes), queries.length, context.labels, collector);
    return { rung: 'samples', ...collector.finish() };
  }
  const text = (await bodyStart(response)).slice(0, 80);
  throw new UpstreamError('upstream_unsupported', `remote read answered "${type}" instead of series: ${text}`, response.status);
};

const readStreamed = async (
  response: HttpResponse,
  collector: SeriesCollector,
  { labels, settings, meter }: CallContext,
): Promise<void> => {
  const frames = createFrameReader(createStreamedDecoder(labels, collector), settings.maxFrameBytes);
  try {
    for await (const part of metered(response.body, meter, settings.maxBytes)) frames.push(part);
    frames.end();
  } finally {
    meter.frames += frames.frames;
  }
};

/** Passes a body on, counts it, and ends with `limit_exceeded` past `maxBytes`. */
export async function* metered(body: AsyncIterable<Uint8Array>, meter: CallMeter, maxBytes: number): AsyncGenerator<Uint8Array> {
  for await (const part of body) {
    meter.bytes += part.length;
    if (meter.bytes > maxBytes) throw new BellwetherError('limit_exceeded', `an answer of more than ${maxBytes} bytes`);
    yield part;
  }
}

/** The beginning of an error page; empty where even that cannot be read. */
export const bodyStart = async (response: HttpResponse): Promise<string> => {
  let text = '';
  try {
    for await (const part of response.body) {
      text += Buffer.from(part).toString('utf8');
      if (text.length >= ERROR_BODY_BYTES) break;
    }
  } catch {
    // The status has already told what matters.
  }
  return text;
};

export const tenantHeader = ({ tenant }: SourceSettings): Record<string, string> =>
  tenant === undefined ? {} : { 'x-scope-orgid': tenant };
