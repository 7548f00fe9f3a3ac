import type { Labels } from '../../conventions/index.ts';
import { encodeLabels } from '../wire/encode-labels.ts';
import { createLabelParser, type ParsedLabels } from './label-parser.ts';
import { bytesAreLabels, type LabelShape } from './label-shape.ts';

/** One series as a server writes its labels. Two entries with the same `labels` are the same series to us, told apart by labels that are stripped. */
export interface LabelEntry {
  readonly labels: Labels;
  /** All names in the order of the bytes, and the values of those that are not in `labels`. */
  readonly shape: LabelShape;
  readonly stripped: Labels;
  readonly hash: number;
  /** Equal for all entries with the same `labels`. */
  readonly identity: number;
  /** The entry that a read met after this one: servers give the same series in the same order, read after read. */
  next: LabelEntry | undefined;
  /** When a read last met it, in whole seconds: small integers need no memory of their own. */
  usedSeconds: number;
}

export interface LabelTableOptions {
  /** Names of labels that a server adds to every series and that are no part of its identity. */
  readonly strip: readonly string[];
  /** An entry that no read has met for this long may be dropped; its series gets a new Labels object if it comes back. */
  readonly retentionMs: number;
  /** Entries beyond which they are dropped after an eighth of that time. */
  readonly maxEntries: number;
  /** Makes the hash of one process unlike any other's, so that nobody can choose labels that collide. */
  readonly seed: number;
}

/** Maps label sets to one frozen object each, for as long as they are in use. */
export interface LabelTable {
  /** The entry of the labels in `bytes[from, to)`: repeated field 1 of a series message. */
  intern(bytes: Uint8Array, view: DataView, from: number, to: number): LabelEntry;
  /** The entry of labels that came in another form; its `labels` are the object that `intern` gives for the same labels. */
  internLabels(labels: Readonly<Record<string, string>>): LabelEntry;
  /** Begins a read at `nowMs`: entries met from now on count as used then. Drops what has not been used for long, unless another read is under way. */
  beginRead(nowMs: number): void;
  endRead(): void;
  readonly size: number;
}

const FIRST_SLOTS = 1024;
const NONE: Labels = Object.freeze({});

/**
 * A hash table over the bytes, open addressing with linear probing. The bytes themselves are not kept: a hit is compared with the decoded labels,
 * in full, which costs about as much and saves as much memory as the labels take.
 */
export const createLabelTable = (options: LabelTableOptions): LabelTable => {
  const parser = createLabelParser(new Set(options.strip));
  // The length is a power of two, and at most half is taken.
  let slots = new Array<LabelEntry | undefined>(FIRST_SLOTS).fill(undefined);
  let size = 0;
  let nowSeconds = 0;
  let sweptSeconds = Number.NEGATIVE_INFINITY;
  /** The entry met last. */
  let last: LabelEntry | undefined;
  let reads = 0;

  const rebuild = (length: number, entries: readonly (LabelEntry | undefined)[]): void => {
    const next = new Array<LabelEntry | undefined>(length).fill(undefined);
    for (const entry of entries) if (entry !== undefined) place(next, entry);
    slots = next;
  };

  /** Keeps the entries used in the last `seconds`. */
  const sweep = (seconds: number): void => {
    sweptSeconds = nowSeconds;
    const kept = slots.filter((entry): entry is LabelEntry => entry !== undefined && entry.usedSeconds >= nowSeconds - seconds);
    if (kept.length === size) return;
    size = kept.length;
    last = undefined;
    // What is dropped must not live on in the chain.
    for (const entry of kept) if (entry.next !== undefined && entry.next.usedSeconds < nowSeconds - seconds) entry.next = undefined;
    let length = FIRST_SLOTS;
    while (length < size * 2) length *= 2;
    rebuild(length, kept);
  };

  const find = (bytes: Uint8Array, from: number, to: number, hash: number): LabelEntry | undefined => {
    const mask = slots.length - 1;
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const entry = slots[i];
      if (entry === undefined) return undefined;
      if (entry.hash === hash && isEntryOf(entry, bytes, from, to)) return entry;
    }
  };

  const isEntryOf = ({ shape, labels, stripped }: LabelEntry, bytes: Uint8Array, from: number, to: number): boolean =>
    bytesAreLabels(bytes, from, to, shape.names, labels, stripped);

  const add = (labels: Labels, shape: LabelShape, stripped: Labels, hash: number, identity = hash): LabelEntry => {
    const entry: LabelEntry = { labels, shape, stripped, hash, identity, next: undefined, usedSeconds: nowSeconds };
    if (++size * 2 > slots.length) rebuild(slots.length * 4, slots);
    place(slots, entry);
    return entry;
  };

  /** The entry of canonical bytes; `parsed` = something with the same labels, which the parser has read last. */
  const internCanonical = (canonical: Uint8Array, parsed: ParsedLabels): LabelEntry => {
    const hash = hashBytes(new DataView(canonical.buffer, canonical.byteOffset, canonical.length), 0, canonical.length, options.seed);
    const known = find(canonical, 0, canonical.length, hash);
    if (known !== undefined) {
      known.usedSeconds = nowSeconds;
      return known;
    }
    const { labels, shape } = parsed.kept();
    return add(labels, shape, NONE, hash);
  };

  const findOrAdd = (bytes: Uint8Array, view: DataView, from: number, to: number): LabelEntry => {
    const hash = hashBytes(view, from, to, options.seed);
    const known = find(bytes, from, to, hash);
    if (known !== undefined) return known;
    const parsed = parser.parse(bytes, from, to);
    const { shape, plain, canonical, stripped } = parsed;
    if (canonical === undefined) return add(parsed.kept().labels, shape, stripped, hash);
    const entry = internCanonical(canonical, parsed);
    // Bytes in another form could not be compared: they would make an entry at every read.
    return plain ? add(entry.labels, shape, stripped, hash, entry.identity) : entry;
  };

  return {
    intern(bytes, view, from, to) {
      const expected = last?.next;
      const entry = expected !== undefined && isEntryOf(expected, bytes, from, to) ? expected : findOrAdd(bytes, view, from, to);
      entry.usedSeconds = nowSeconds;
      if (last !== undefined) last.next = entry;
      last = entry;
      return entry;
    },
    internLabels(labels) {
      const canonical = encodeLabels(parser.keep(labels));
      return internCanonical(canonical, parser.parse(canonical, 0, canonical.length));
    },
    beginRead(nowMs) {
      nowSeconds = Math.floor(nowMs / 1000);
      if (reads++ > 0) return;
      const retention = options.retentionMs / 1000;
      if (size > options.maxEntries) sweep(retention / 8);
      else if (nowSeconds - sweptSeconds > retention / 4) sweep(retention);
    },
    endRead() {
      reads--;
    },
    get size() {
      return size;
    },
  };
};

const place = (slots: (LabelEntry | undefined)[], entry: LabelEntry): void => {
  const mask = slots.length - 1;
  let i = entry.hash & mask;
  while (slots[i] !== undefined) i = (i + 1) & mask;
  slots[i] = entry;
};

/** A multiplicative hash over 32-bit words with a final mix (Knuth's multiplier 2^32 / golden ratio; finaliser of MurmurHash3). */
const hashBytes = (view: DataView, from: number, to: number, seed: number): number => {
  let hash = seed ^ (to - from);
  let at = from;
  for (; at + 4 <= to; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < to; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x9e3779b1);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
};
