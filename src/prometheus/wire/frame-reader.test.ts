import { frame } from './encode-response.ts';
import { createFrameReader } from './frame-reader.ts';
import { ProtoWriter } from './proto-writer.ts';

const payloads = [Buffer.from('first'), Buffer.alloc(300, 7), Buffer.from('x')];
const stream = Buffer.concat(payloads.map(frame));

const read = (parts: readonly Uint8Array[], maxFrameBytes?: number): string[] => {
  const seen: string[] = [];
  const reader = createFrameReader(
    ({ bytes, from, to }) => seen.push(Buffer.from(bytes.slice(from, to)).toString('latin1')),
    maxFrameBytes,
  );
  for (const part of parts) reader.push(part);
  reader.end();
  expect(reader.frames).toBe(seen.length);
  return seen;
};
const expected = payloads.map((payload) => payload.toString('latin1'));

describe('createFrameReader', () => {
  it('finds the frames wherever the stream is cut', () => {
    for (let cut = 0; cut <= stream.length; cut++) expect(read([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(expected);
    expect(read([...stream].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('takes frames larger than its first buffer', () => {
    const large = Buffer.alloc(400_000, 'ab');
    const bytes = frame(large);
    const parts = Array.from({ length: 7 }, (_, i) => bytes.subarray(i * 60_000, (i + 1) * 60_000));
    expect(read(parts)).toEqual([large.toString('latin1')]);
  });

  it('gives nothing of a stream that was cut', () => {
    const ends = payloads.map((_, i) => Buffer.concat(payloads.slice(0, i + 1).map(frame)).length);
    for (let cut = 1; cut < stream.length; cut++) {
      if (!ends.includes(cut)) expect(() => read([stream.subarray(0, cut)])).toThrow(/behind the last frame/);
    }
  });

  it('names the words that a server wrote behind its frames', () => {
    expect(() => read([stream, Buffer.from('error executing query\n')])).toThrow(/error executing query/);
    const long = `rpc error: code = Unknown desc = ${'expanding series failed '.repeat(20)}`;
    expect(() => read([stream, Buffer.from(long)])).toThrow(/corrupt response: frame checksum: "rpc error/);
  });

  it('refuses a payload with one bit changed, at every place', () => {
    const one = frame(payloads[0]!);
    for (let i = 1; i < one.length; i++) {
      const changed = Uint8Array.from(one);
      changed[i]! ^= 1 << (i % 8);
      expect(() => read([changed])).toThrow(/corrupt response/);
    }
  });

  it('refuses lengths that no server sends', () => {
    expect(() => read([Uint8Array.of(0, 0, 0, 0, 0)])).toThrow(/without content/);
    expect(() => read([Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0)])).toThrow(/frame length/);
    const announced = new ProtoWriter();
    announced.uint(2_000_000);
    expect(() => read([announced.bytes()], 1_000_000)).toThrow(/2000000 bytes, at most 1000000/);
  });
});
