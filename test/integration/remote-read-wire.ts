import { type HttpClient, readBody } from '../../src/platform/index.ts';
import { createFrameReader, type Payload } from '../../src/prometheus/wire/frame-reader.ts';
import { ProtoReader, WIRE } from '../../src/prometheus/wire/proto-reader.ts';
import { encodeReadRequest, type ReadQuery } from '../../src/prometheus/wire/read-request.ts';

/** Encodings of the chunks that a server streams, each once, sorted. */
export const chunkTypesOnTheWire = async (http: HttpClient, url: string, query: ReadQuery): Promise<number[]> => {
  const response = await http.request({
    method: 'POST',
    url: `${url}/api/v1/read`,
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: encodeReadRequest([query], [1]),
    timeoutMs: 30_000,
  });
  const types = new Set<number>();
  const frames = createFrameReader((payload) => {
    for (const series of blocks(payload.bytes, 1, payload.from, payload.to))
      for (const chunk of blocks(payload.bytes, 2, ...series)) types.add(chunkType(payload, ...chunk));
  });
  frames.push(await readBody(response.body, 1e9));
  frames.end();
  return [...types].sort();
};

/** Where the messages in a repeated field lie. */
const blocks = (bytes: Uint8Array, field: number, from: number, to: number): [number, number][] => {
  const reader = new ProtoReader(bytes, from, to);
  const found: [number, number][] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === ((field << 3) | WIRE.bytes)) {
      const end = reader.blockEnd();
      found.push([reader.pos, end]);
      reader.pos = end;
    } else reader.skip(key);
  }
  return found;
};

const chunkType = ({ bytes }: Payload, from: number, to: number): number => {
  const reader = new ProtoReader(bytes, from, to);
  let type = 0;
  while (!reader.done) {
    const key = reader.key();
    if (key === ((3 << 3) | WIRE.varint)) type = reader.uint();
    else reader.skip(key);
  }
  return type;
};
