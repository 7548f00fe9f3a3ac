import { once } from 'node:events';
import { createGunzip } from 'node:zlib';

/**
 * What a piece holds is lost where it is damaged, so that one is a small part of what came before it; one of 32 KiB can become 33 MB, and that is the
 * most that is held.
 */
const [LEAST_PIECE, MOST_PIECE, PART] = [1024, 32 * 1024, 64] as const;

/**
 * Decompresses gzip, member after member. What came before a damaged place is given before the error is thrown: a stream of Node drops what it holds.
 * Throws with the codes of zlib (`Z_BUF_ERROR` where the bytes end too early, `Z_DATA_ERROR`), and whatever `chunks` throws.
 */
export const decompress = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  let held: Uint8Array[] = [];
  let failure: Error | undefined;
  gunzip.on('data', (bytes: Uint8Array) => held.push(bytes));
  // A write that fails never calls back.
  let settle = (): void => undefined;
  gunzip.on('error', (error) => {
    failure = error;
    settle();
  });
  const take = (): Uint8Array[] => {
    const taken = held;
    held = [];
    return taken;
  };
  const write = (piece: Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      settle = resolve;
      gunzip.write(piece, () => resolve());
    });
  let read = 0;
  try {
    for await (const chunk of chunks)
      for (let at = 0; at < chunk.length && !failure; ) {
        const piece = chunk.subarray(at, at + Math.min(MOST_PIECE, Math.max(LEAST_PIECE, Math.floor(read / PART))));
        await write(piece);
        yield* take();
        at += piece.length;
        read += piece.length;
      }
    if (!failure) {
      const ended = once(gunzip, 'end').catch(() => undefined);
      gunzip.end();
      await ended;
      yield* take();
    }
    if (failure) throw failure;
  } finally {
    gunzip.destroy();
  }
};
