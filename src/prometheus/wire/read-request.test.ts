import fc from 'fast-check';
import type { LabelMatcher } from '../../conventions/index.ts';
import { ProtoWriter } from './proto-writer.ts';
import { decodeReadRequest, encodeReadRequest } from './read-request.ts';
import { snappyEncode } from './snappy.ts';

const matcher: fc.Arbitrary<LabelMatcher> = fc.record({
  name: fc.string({ unit: 'binary', minLength: 1 }),
  type: fc.constantFrom('=', '!=', '=~', '!~'),
  value: fc.string({ unit: 'binary' }),
});
const query = fc.record({ selector: fc.array(matcher), startMs: fc.maxSafeInteger(), endMs: fc.maxSafeInteger() });

describe('encodeReadRequest', () => {
  it('is what decodeReadRequest reads', () => {
    fc.assert(
      fc.property(fc.array(query, { maxLength: 4 }), fc.array(fc.nat(9)), (queries, acceptedTypes) => {
        expect(decodeReadRequest(encodeReadRequest(queries, acceptedTypes))).toEqual({ queries, acceptedTypes });
      }),
    );
  });
});

describe('decodeReadRequest', () => {
  it('lets hints replace the range, as Prometheus does', () => {
    const hints = new ProtoWriter();
    hints.int64Field(3, 7);
    hints.int64Field(4, 9);
    const body = new ProtoWriter();
    body.int64Field(1, 1);
    body.int64Field(2, 2);
    body.block(4, hints.bytes());
    const request = new ProtoWriter();
    request.block(1, body.bytes());
    expect(decodeReadRequest(snappyEncode(request.bytes())).queries).toEqual([{ selector: [], startMs: 7, endMs: 9 }]);
  });

  it('takes response types that are not packed', () => {
    const request = new ProtoWriter();
    request.int64Field(2, 1);
    expect(decodeReadRequest(snappyEncode(request.bytes())).acceptedTypes).toEqual([1]);
  });

  it('refuses what is no request', () => {
    const bad = expect.objectContaining({ code: 'invalid_input' });
    expect(() => decodeReadRequest(Buffer.from('hello'))).toThrow(bad);
    expect(() => decodeReadRequest(snappyEncode(Buffer.from([0x0a, 9, 1])))).toThrow(bad);
    expect(() => decodeReadRequest(new Uint8Array(0))).toThrow(bad);
  });
});
