import { BellwetherError } from '../../platform/index.ts';

/** All of standard input. Rejects with `too_large`. */
export const readStandardInput = async (maxBytes: number): Promise<Uint8Array> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    size += (chunk as Buffer).length;
    if (size > maxBytes) throw new BellwetherError('too_large', `standard input is larger than ${maxBytes} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks, size);
};
