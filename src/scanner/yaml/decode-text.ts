import { BellwetherError } from '../../platform/index.ts';

const UTF16 = { le: [0xff, 0xfe], be: [0xfe, 0xff] } as const;
const BOM = '\uFEFF';

/** Text of a YAML or JSON file: UTF-8, or UTF-16 with its mark. The byte order mark is not part of it. Throws `invalid_input`. */
export const decodeText = (bytes: Uint8Array): string => {
  const encoding = startsWith(bytes, UTF16.le) ? 'utf-16le' : startsWith(bytes, UTF16.be) ? 'utf-16be' : 'utf-8';
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new BellwetherError('invalid_input', `not ${encoding.toUpperCase()} text`);
  }
  // Files that were concatenated have a mark in the middle, too.
  return text.includes(BOM) ? text.replaceAll(`\n${BOM}`, '\n') : text;
};

const startsWith = (bytes: Uint8Array, mark: readonly number[]): boolean => mark.every((byte, i) => bytes[i] === byte);
