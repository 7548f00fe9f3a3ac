import { BellwetherError } from '../../platform/index.ts';
import { CHUNK_SLACK_BYTES } from '../chunk/chunk-reader.ts';
import { corrupt } from './corrupt.ts';
import { crc32c } from './crc32c.ts';

/** The ceiling of Prometheus's own client (`chunked_read_limit`). Servers close a frame at about 1 MiB. */
export const MAX_FRAME_BYTES = 50_000_000;

const FIRST_CAPACITY = 128 * 1024;
// A frame's length fits 28 bits: more than 4 bytes of varint mean a length beyond any limit.
const MAX_LENGTH_BYTES = 4;
const CRC_BYTES = 4;
// Enough of an error text to be useful in a message.
const QUOTED_BYTES = 200;

/** Bytes of one payload, `[from, to)`, readable CHUNK_SLACK_BYTES beyond its end. Valid during the call only. */
export interface Payload {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly from: number;
  readonly to: number;
}

export interface FrameReader {
  /** Takes the next bytes of the stream, cut anywhere, and hands over the payloads that they complete. */
  push(input: Uint8Array): void;
  /** Says that the stream has ended. Throws `corrupt_response` where bytes of an unfinished frame are left. */
  end(): void;
  readonly frames: number;
}

/**
 * Splits the stream of a STREAMED_XOR_CHUNKS answer into payloads whose CRC-32C is right.
 * A server that fails after the first frame has already answered 200 and writes its error as plain text: it shows here as a wrong length or checksum.
 * Memory grows with the bytes that have arrived, never with a length that was only announced.
 */
export const createFrameReader = (onPayload: (payload: Payload) => void, maxFrameBytes = MAX_FRAME_BYTES): FrameReader => {
  let bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  let view = new DataView(bytes.buffer);
  // What has arrived and is not used yet: bytes[start, end).
  let start = 0;
  let end = 0;
  let frames = 0;

  const makeRoom = (extra: number): void => {
    if (end + extra + CHUNK_SLACK_BYTES <= bytes.length) return;
    const held = end - start;
    if (held + extra + CHUNK_SLACK_BYTES <= bytes.length) bytes.copyWithin(0, start, end);
    else {
      const larger = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, held + extra + CHUNK_SLACK_BYTES));
      larger.set(bytes.subarray(start, end));
      bytes = larger;
      view = new DataView(bytes.buffer);
    }
    start = 0;
    end = held;
  };

  /** Hands over the frame that begins at `start`; false where it is not complete yet. */
  const takeFrame = (): boolean => {
    let length = 0;
    let at = start;
    for (let i = 0; ; i++) {
      if (i === MAX_LENGTH_BYTES) throw corrupt(`frame length${quote(bytes, start, end)}`);
      if (at >= end) return false;
      const byte = bytes[at++]!;
      length += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) break;
    }
    if (length === 0) throw corrupt('frame without content');
    if (length > maxFrameBytes) {
      throw new BellwetherError(
        'corrupt_response',
        `corrupt response: frame of ${length} bytes, at most ${maxFrameBytes} are allowed${quote(bytes, start, end)}`,
      );
    }
    const from = at + CRC_BYTES;
    const to = from + length;
    if (to > end) return false;
    if (crc32c(bytes, from, to) !== view.getUint32(at)) throw corrupt(`frame checksum${quote(bytes, start, end)}`);
    frames++;
    onPayload({ bytes, view, from, to });
    start = to;
    return true;
  };

  return {
    push(input) {
      makeRoom(input.length);
      bytes.set(input, end);
      end += input.length;
      while (start < end && takeFrame());
      if (start === end) {
        start = 0;
        end = 0;
      }
    },
    end() {
      if (start < end) throw corrupt(`${end - start} bytes behind the last frame${quote(bytes, start, end)}`);
    },
    get frames() {
      return frames;
    },
  };
};

/** The bytes as text where they look like one: most likely the server's own words about what went wrong. */
const quote = (bytes: Uint8Array, from: number, to: number): string => {
  const text = Buffer.from(bytes.subarray(from, Math.min(to, from + QUOTED_BYTES))).toString('latin1');
  // Printable ASCII and white space only.
  return /^[\t\n\r -~]+$/.test(text) ? `: "${text.trim()}"` : '';
};
