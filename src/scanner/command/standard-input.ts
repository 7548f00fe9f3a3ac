import { BellwetherError } from '../../platform/index.ts';

/**
 * Reads standard input once, however often it is asked for. Rejects with `too_large`, and with `invalid_input` where it is empty: then the
 * program before the pipe has failed, and nothing was judged.
 */
export const createStandardInput = (maxBytes: number): (() => Promise<Uint8Array>) => {
  let content: Promise<Uint8Array> | undefined;
  return () => {
    content ??= readStandardInput(maxBytes);
    return content;
  };
};

const readStandardInput = async (maxBytes: number): Promise<Uint8Array> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    size += (chunk as Buffer).length;
    if (size > maxBytes) throw new BellwetherError('too_large', `standard input is larger than ${maxBytes} bytes`);
    chunks.push(chunk as Buffer);
  }
  if (size === 0) throw new BellwetherError('invalid_input', 'standard input is empty: nothing was judged');
  return Buffer.concat(chunks, size);
};
