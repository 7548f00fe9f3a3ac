import type { Random } from '../../src/platform/index.ts';

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

const at = (bytes: Uint8Array, random: Random): number => Math.floor(random() * bytes.length);
const splice = (bytes: Uint8Array, from: number, remove: number, insert: Uint8Array): Uint8Array =>
  Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)]);
const noise = (length: number, random: Random): Uint8Array => Uint8Array.from({ length }, () => Math.floor(random() * 256));

// Numbers that lengths and counts are apt to be mishandled at: 0, 127/128, 2^14, 2^28, 2^32 and beyond, ten bytes, eleven bytes.
const AWKWARD_VARINTS: readonly (readonly number[])[] = [
  [0],
  [0x7f],
  [0x80, 0x01],
  [0xff, 0x7f],
  [0x80, 0x80, 0x01],
  [0xff, 0xff, 0xff, 0x7f],
  [0x80, 0x80, 0x80, 0x80, 0x01],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  new Array(11).fill(0x80),
];

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    const changed = Uint8Array.from(bytes);
    for (let i = 0; i <= random() * 4; i++) changed[at(bytes, random)]! ^= 1 << Math.floor(random() * 8);
    return changed;
  },
  (bytes, random) => {
    const changed = Uint8Array.from(bytes);
    for (let i = 0; i <= random() * 8; i++) changed[at(bytes, random)] = Math.floor(random() * 256);
    return changed;
  },
  (bytes, random) => bytes.slice(0, at(bytes, random)),
  (bytes, random) => bytes.slice(at(bytes, random)),
  (bytes, random) => splice(bytes, at(bytes, random), 1 + Math.floor(random() * 16), new Uint8Array(0)),
  (bytes, random) => splice(bytes, at(bytes, random), 0, noise(1 + Math.floor(random() * 16), random)),
  (bytes, random) => {
    const from = at(bytes, random);
    return splice(bytes, at(bytes, random), 0, bytes.slice(from, from + 1 + Math.floor(random() * 64)));
  },
  (bytes, random) => {
    const varint = AWKWARD_VARINTS[Math.floor(random() * AWKWARD_VARINTS.length)]!;
    return splice(bytes, at(bytes, random), Math.floor(random() * 3), Uint8Array.from(varint));
  },
  (bytes) => Buffer.concat([bytes, Buffer.from('error: query timed out in expression evaluation\n')]),
  (_bytes, random) => noise(Math.floor(random() * 300), random),
];

/** The bytes changed in one or two random ways. */
export const mutate: Mutation = (bytes, random) => {
  const once = MUTATIONS[Math.floor(random() * MUTATIONS.length)]!(bytes, random);
  return random() < 0.2 && once.length > 0 ? MUTATIONS[Math.floor(random() * MUTATIONS.length)]!(once, random) : once;
};

/** The bytes cut into parts at random places. */
export const cut = (bytes: Uint8Array, random: Random): Uint8Array[] => {
  const parts: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, from + 1 + Math.floor(random() * random() * bytes.length));
    parts.push(bytes.subarray(from, to));
    from = to;
  }
  return parts;
};
