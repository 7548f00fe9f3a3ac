import { BellwetherError } from '../../platform/index.ts';

/** A regular file of an archive. */
export interface ArchivedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

// POSIX.1-1988 ustar: blocks of 512 bytes, a header block before each file.
const BLOCK = 512;
const NAME = { at: 0, size: 100 };
const SIZE = { at: 124, size: 12 };
const TYPE_AT = 156;
const MAGIC = { at: 257, size: 5 };
const PREFIX = { at: 345, size: 155 };

// More than any repository of manifests has; each costs a look at its name.
const MAX_FILES = 10_000;
// Names are shown, never opened; GNU and pax allow any length.
const MAX_NAME_BYTES = 1000;

const fieldOf = (block: Uint8Array, { at, size }: { readonly at: number; readonly size: number }): string => {
  const bytes = block.subarray(at, at + size);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
};

export const isTar = (bytes: Uint8Array): boolean => bytes.length >= BLOCK && fieldOf(bytes, MAGIC).startsWith('ustar');

/** Name given by a pax header: records of `LENGTH KEY=VALUE`, each with a line break. */
const paxPath = (bytes: Uint8Array): string | undefined => /^\d+ path=(.*)$/m.exec(new TextDecoder().decode(bytes))?.[1];

/** Regular files of a tar archive (ustar, GNU, pax), as views into it. Links, devices and folders are passed over. Throws `invalid_input`. */
export const readTar = (archive: Uint8Array): ArchivedFile[] => {
  const files: ArchivedFile[] = [];
  let longName: string | undefined;
  let at = 0;
  while (at + BLOCK <= archive.length) {
    const header = archive.subarray(at, at + BLOCK);
    // Two empty blocks end an archive; one is enough for us.
    if (header[0] === 0) break;
    const octal = fieldOf(header, SIZE).trim();
    if (!isTar(header) || !/^[0-7]{1,12}$/.test(octal)) throw new BellwetherError('invalid_input', 'the archive is damaged, or not tar');
    const size = Number.parseInt(octal, 8);
    const start = at + BLOCK;
    if (start + size > archive.length) throw new BellwetherError('invalid_input', 'the archive is cut short');
    const bytes = archive.subarray(start, start + size);
    const type = String.fromCharCode(header[TYPE_AT] ?? 0);
    if (type === 'L') longName = new TextDecoder().decode(bytes.subarray(0, MAX_NAME_BYTES)).replace(/\0.*$/s, '');
    else if (type === 'x') longName = paxPath(bytes.subarray(0, 2 * MAX_NAME_BYTES));
    else {
      const prefix = fieldOf(header, PREFIX);
      const name = longName ?? (prefix === '' ? fieldOf(header, NAME) : `${prefix}/${fieldOf(header, NAME)}`);
      if (type === '0' || type === '\0') files.push({ path: name.slice(0, MAX_NAME_BYTES), bytes });
      if (files.length > MAX_FILES) throw new BellwetherError('too_large', `the archive has more than ${MAX_FILES} files`);
      longName = undefined;
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
};
