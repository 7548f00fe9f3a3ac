import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { decompress } from './decompress.ts';

const TEXT = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `line ${i} ${(i * 2_654_435_761) % 99_991}\n`).join(''));

const read = async (bytes: Uint8Array, size = 10_000): Promise<{ readonly text: Buffer; readonly code: string | undefined }> => {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
  const parts: Uint8Array[] = [];
  try {
    for await (const part of decompress(chunks())) parts.push(part);
  } catch (error) {
    return { text: Buffer.concat(parts), code: (error as NodeJS.ErrnoException).code };
  }
  return { text: Buffer.concat(parts), code: undefined };
};

describe('decompress', () => {
  const whole = gzipSync(TEXT);

  it.each([1, 1000, 1e9])('gives what was compressed, member after member, from chunks of %i', async (size) => {
    const { text, code } = await read(Buffer.concat([whole, gzipSync('the end')]), size === 1 ? 333 : size);
    expect(code).toBeUndefined();
    expect(text.equals(Buffer.concat([TEXT, Buffer.from('the end')]))).toBe(true);
  });

  it.each([
    ['cut off', whole.subarray(0, whole.length / 2), 'Z_BUF_ERROR', 0.45],
    ['wrong at its end', Uint8Array.from(whole, (byte, i) => (i === whole.length - 6 ? byte ^ 1 : byte)), 'Z_DATA_ERROR', 0.97],
    ['followed by something else', Buffer.concat([whole, Buffer.from('and more')]), 'Z_DATA_ERROR', 0.97],
    ['no gzip', Buffer.from('hello, hello'), 'Z_DATA_ERROR', 0],
    ['empty', new Uint8Array(0), 'Z_BUF_ERROR', 0],
  ])('gives what came before the damage where it is %s', async (_, bytes, wanted, share) => {
    const { text, code } = await read(bytes);
    expect(code).toBe(wanted);
    expect(text.length).toBeGreaterThanOrEqual(share * TEXT.length);
    expect(TEXT.subarray(0, text.length).equals(text)).toBe(true);
  });
});
