import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SelectorResult } from '../../conventions/index.ts';
import { BellwetherError, type RequestListener, toBellwetherError } from '../../platform/index.ts';
import {
  CONTENT_TYPE,
  decodeReadRequest,
  encodeSamplesResponse,
  encodeStreamedFrame,
  RESPONSE_TYPE,
  type ReadQuery,
} from '../../prometheus/index.ts';
import type { SeriesStore } from './series-store.ts';

/** The part of Prometheus's remote-read handler that a reader meets: both response types, chosen as Prometheus chooses. */
export type ReadEndpoint = (...exchange: Parameters<RequestListener>) => Promise<void>;

/** Decoded requests of readers stay far below; Mimir's own limit. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Frames are handed on in pieces of this size, so that other work gets its turn between them. */
const PIECE_BYTES = 256 * 1024;

const readBody = async (request: Parameters<RequestListener>[0]): Promise<Uint8Array> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) throw new BellwetherError('too_large', `a request of more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
};

/** The first type of the list that is known; an empty list asks for samples. */
const chooseType = (accepted: readonly number[]): number => {
  if (accepted.length === 0) return RESPONSE_TYPE.samples;
  const chosen = accepted.find((type) => type === RESPONSE_TYPE.samples || type === RESPONSE_TYPE.streamed);
  if (chosen === undefined)
    throw new BellwetherError('invalid_input', `server does not support any of the requested response types: ${accepted.join(', ')}`);
  return chosen;
};

function* streamedFrames(store: SeriesStore, queries: readonly ReadQuery[]): Generator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for (const [index, query] of queries.entries()) {
    for (const series of store.select(query.selector, query.startMs, query.endMs)) {
      const frame = encodeStreamedFrame(index, series);
      pieces.push(frame);
      size += frame.length;
      if (size < PIECE_BYTES) continue;
      yield Buffer.concat(pieces);
      [pieces, size] = [[], 0];
    }
  }
  if (size > 0) yield Buffer.concat(pieces);
}

const sampled = (store: SeriesStore, queries: readonly ReadQuery[]): Uint8Array => {
  const results = queries.map(
    ({ selector, startMs, endMs }, index): SelectorResult => ({ selector: index, series: [...store.select(selector, startMs, endMs)] }),
  );
  return encodeSamplesResponse(results);
};

/** `POST /api/v1/read` over a store. Errors before the answer has begun are 400 or 500 with a line of text, as Prometheus has them. */
export const createReadEndpoint =
  (store: SeriesStore): ReadEndpoint =>
  async (request, response) => {
    try {
      const { queries, acceptedTypes } = decodeReadRequest(await readBody(request));
      if (chooseType(acceptedTypes) === RESPONSE_TYPE.samples) {
        const body = sampled(store, queries);
        response.writeHead(200, { 'content-type': CONTENT_TYPE.samples, 'content-encoding': 'snappy', 'content-length': body.length });
        response.end(body);
        return;
      }
      const frames = streamedFrames(store, queries);
      // The first piece shows a broken pattern while an error status is still possible.
      const first = frames.next();
      response.writeHead(200, { 'content-type': CONTENT_TYPE.streamed });
      const rest = function* (): Generator<Uint8Array> {
        if (!first.done) yield first.value;
        yield* frames;
      };
      await pipeline(Readable.from(rest(), { objectMode: false }), response);
    } catch (thrown) {
      const error = toBellwetherError(thrown);
      // A reader that went away gets no answer; neither does one that has had part of it.
      if (response.headersSent || response.destroyed) response.destroy();
      else
        response
          .writeHead(error.httpStatus < 500 ? error.httpStatus : 500, { 'content-type': 'text/plain; charset=utf-8' })
          .end(`${error.message}\n`);
    }
  };
