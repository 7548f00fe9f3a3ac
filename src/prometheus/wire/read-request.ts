import type { LabelMatcher, Selector } from '../../conventions/index.ts';
import { BellwetherError } from '../../platform/index.ts';
import { ProtoReader, utf8, WIRE } from './proto-reader.ts';
import { ProtoWriter } from './proto-writer.ts';
import { snappyDecode, snappyEncode } from './snappy.ts';

/** Values of the enumeration ReadRequest.ResponseType (Prometheus prompb/remote.proto). */
export const RESPONSE_TYPE = { samples: 0, streamed: 1 } as const;

/** One query of a remote-read request; both ends inclusive. */
export interface ReadQuery {
  readonly selector: Selector;
  readonly startMs: number;
  readonly endMs: number;
}

export interface DecodedReadRequest {
  readonly queries: readonly ReadQuery[];
  /** In the client's order of preference; empty means samples. */
  readonly acceptedTypes: readonly number[];
}

/** Order of LabelMatcher.Type. */
const MATCHER_TYPES: readonly LabelMatcher['type'][] = ['=', '!=', '=~', '!~'];
// Prometheus's own limit on a decoded request.
const MAX_REQUEST_BYTES = 32 * 1024 * 1024;

/**
 * The body of `POST /api/v1/read`: protobuf in a snappy block. No hints are sent: where they are present they replace the range.
 */
export const encodeReadRequest = (queries: readonly ReadQuery[], acceptedTypes: readonly number[]): Uint8Array => {
  const out = new ProtoWriter();
  for (const query of queries) {
    const body = new ProtoWriter();
    body.int64Field(1, query.startMs);
    body.int64Field(2, query.endMs);
    for (const { type, name, value } of query.selector) {
      const matcher = new ProtoWriter(128);
      matcher.int64Field(1, MATCHER_TYPES.indexOf(type));
      matcher.string(2, name);
      matcher.string(3, value);
      body.block(3, matcher.bytes());
    }
    out.block(1, body.bytes());
  }
  const types = new ProtoWriter(16);
  for (const type of acceptedTypes) types.uint(type);
  // Repeated enumerations are packed in proto3.
  out.block(2, types.bytes());
  return snappyEncode(out.bytes());
};

/** The server's side of `encodeReadRequest`. Hints, where a client sends them, replace the range. Throws `invalid_input`. */
export const decodeReadRequest = (body: Uint8Array): DecodedReadRequest => {
  try {
    return readRequest(new ProtoReader(snappyDecode(body, MAX_REQUEST_BYTES)));
  } catch (error) {
    throw new BellwetherError(
      'invalid_input',
      `not a remote-read request: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
};

const readRequest = (reader: ProtoReader): DecodedReadRequest => {
  const queries: ReadQuery[] = [];
  const acceptedTypes: number[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === ((1 << 3) | WIRE.bytes)) queries.push(readQuery(within(reader)));
    else if (key === ((2 << 3) | WIRE.varint)) acceptedTypes.push(reader.uint());
    else if (key === ((2 << 3) | WIRE.bytes)) {
      const packed = within(reader);
      while (!packed.done) acceptedTypes.push(packed.uint());
    } else reader.skip(key);
  }
  return { queries, acceptedTypes };
};

/** A reader of the message that begins here; the outer one is moved behind it. */
const within = (reader: ProtoReader): ProtoReader => {
  const end = reader.blockEnd();
  const inner = new ProtoReader(reader.bytes, reader.pos, end);
  reader.pos = end;
  return inner;
};

const readQuery = (reader: ProtoReader): ReadQuery => {
  let startMs = 0;
  let endMs = 0;
  let hints: { startMs: number; endMs: number } | undefined;
  const selector: LabelMatcher[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === ((1 << 3) | WIRE.varint)) startMs = reader.int64();
    else if (key === ((2 << 3) | WIRE.varint)) endMs = reader.int64();
    else if (key === ((3 << 3) | WIRE.bytes)) selector.push(readMatcher(within(reader)));
    else if (key === ((4 << 3) | WIRE.bytes)) hints = readHints(within(reader));
    else reader.skip(key);
  }
  return { selector, startMs: hints?.startMs ?? startMs, endMs: hints?.endMs ?? endMs };
};

const readHints = (reader: ProtoReader): { startMs: number; endMs: number } => {
  const hints = { startMs: 0, endMs: 0 };
  while (!reader.done) {
    const key = reader.key();
    if (key === ((3 << 3) | WIRE.varint)) hints.startMs = reader.int64();
    else if (key === ((4 << 3) | WIRE.varint)) hints.endMs = reader.int64();
    else reader.skip(key);
  }
  return hints;
};

const readMatcher = (reader: ProtoReader): LabelMatcher => {
  let type = 0;
  let name = '';
  let value = '';
  while (!reader.done) {
    const key = reader.key();
    if (key === ((1 << 3) | WIRE.varint)) type = reader.uint();
    else if (key === ((2 << 3) | WIRE.bytes)) name = text(reader);
    else if (key === ((3 << 3) | WIRE.bytes)) value = text(reader);
    else reader.skip(key);
  }
  const known = MATCHER_TYPES[type];
  if (known === undefined) throw new BellwetherError('invalid_input', `matcher type ${type}`);
  return { name, type: known, value };
};

const text = (reader: ProtoReader): string => {
  const end = reader.blockEnd();
  const from = reader.pos;
  reader.pos = end;
  return utf8(reader.bytes, from, end);
};
