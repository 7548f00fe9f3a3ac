import type { Labels } from '../../conventions/index.ts';
import { corrupt } from '../wire/corrupt.ts';
import { encodeLabels } from '../wire/encode-labels.ts';
import { ProtoReader, WIRE } from '../wire/proto-reader.ts';
import { createByteArena, type StoredBytes } from './byte-arena.ts';
import { createStringPool } from './string-pool.ts';

/** One series as a server writes its labels. Two entries with the same `labels` are the same series to us, told apart by labels that are stripped. */
export interface LabelEntry {
  readonly labels: Labels;
  readonly hash: number;
  stored: StoredBytes;
  usedMs: number;
}

export interface LabelTableOptions {
  /** Names of labels that a server adds to every series and that are no part of its identity. */
  readonly strip: readonly string[];
  /** An entry that no read has met for this long may be dropped; its series gets a new Labels object if it comes back. */
  readonly retentionMs: number;
  /** Bytes of labels beyond which entries are dropped after an eighth of that time. */
  readonly maxBytes: number;
  /** Makes the hash of one process unlike any other's, so that nobody can choose labels that collide. */
  readonly seed: number;
}

/** Maps label sets to one frozen object each, for as long as they are in use. */
export interface LabelTable {
  /** The entry of the labels in `bytes[from, to)`: repeated field 1 of a series message. */
  intern(bytes: Uint8Array, view: DataView, from: number, to: number): LabelEntry;
  /** The entry of labels that came in another form; equal to what `intern` gives for the same labels. */
  internLabels(labels: Readonly<Record<string, string>>): LabelEntry;
  /** Begins a read at `nowMs`: entries met from now on count as used then. Drops what has not been used for long, unless another read is under way. */
  beginRead(nowMs: number): void;
  endRead(): void;
  readonly size: number;
  readonly bytes: number;
}

const FIRST_SLOTS = 1024;
const LABEL_KEY = (1 << 3) | WIRE.bytes;
const NAME_KEY = (1 << 3) | WIRE.bytes;
const VALUE_KEY = (2 << 3) | WIRE.bytes;

export const createLabelTable = (options: LabelTableOptions): LabelTable => {
  const strip = new Set(options.strip);
  const pool = createStringPool();
  let arena = createByteArena();
  // Open addressing with linear probing; the length is a power of two and at most half is taken.
  let slots = new Array<LabelEntry | undefined>(FIRST_SLOTS).fill(undefined);
  let size = 0;
  let nowMs = 0;
  let reads = 0;
  let sweptMs = Number.NEGATIVE_INFINITY;

  const insert = (entry: LabelEntry): void => {
    if (++size * 2 > slots.length) rebuild(slots.length * 2, slots);
    place(slots, entry);
  };

  const rebuild = (length: number, entries: readonly (LabelEntry | undefined)[]): void => {
    const next = new Array<LabelEntry | undefined>(length).fill(undefined);
    for (const entry of entries) if (entry !== undefined) place(next, entry);
    slots = next;
  };

  /** Keeps the entries used since `sinceMs` and moves their bytes together. */
  const sweep = (sinceMs: number): void => {
    sweptMs = nowMs;
    const kept = slots.filter((entry): entry is LabelEntry => entry !== undefined && entry.usedMs >= sinceMs);
    if (kept.length === size) return;
    arena = createByteArena();
    for (const entry of kept) entry.stored = arena.add(entry.stored.bytes, entry.stored.from, entry.stored.to);
    size = kept.length;
    let length = FIRST_SLOTS;
    while (length < size * 2) length *= 2;
    rebuild(length, kept);
  };

  const find = (bytes: Uint8Array, view: DataView, from: number, to: number, hash: number): LabelEntry | undefined => {
    const mask = slots.length - 1;
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const entry = slots[i];
      if (entry === undefined) return undefined;
      if (entry.hash === hash && sameBytes(entry.stored, bytes, view, from, to)) {
        entry.usedMs = nowMs;
        return entry;
      }
    }
  };

  const store = (labels: Labels, bytes: Uint8Array, from: number, to: number, hash: number): LabelEntry => {
    const entry: LabelEntry = { labels, hash, stored: arena.add(bytes, from, to), usedMs: nowMs };
    insert(entry);
    return entry;
  };

  const table: LabelTable = {
    intern(bytes, view, from, to) {
      const hash = hashBytes(view, from, to, options.seed);
      const known = find(bytes, view, from, to, hash);
      if (known !== undefined) return known;
      const parsed = parseLabels(bytes, from, to);
      return store(parsed.canonical ? parsed.labels : table.internLabels(parsed.labels).labels, bytes, from, to, hash);
    },
    internLabels(labels) {
      const kept = Object.entries(labels).filter(([name, value]) => value !== '' && !strip.has(name));
      const canonical = encodeLabels(Object.fromEntries(kept));
      const view = new DataView(canonical.buffer, canonical.byteOffset, canonical.length);
      const hash = hashBytes(view, 0, canonical.length, options.seed);
      return (
        find(canonical, view, 0, canonical.length, hash) ??
        store(parseLabels(canonical, 0, canonical.length).labels, canonical, 0, canonical.length, hash)
      );
    },
    beginRead(at) {
      nowMs = at;
      if (reads++ > 0) return;
      if (arena.bytes > options.maxBytes) sweep(nowMs - options.retentionMs / 8);
      else if (nowMs - sweptMs > options.retentionMs / 4) sweep(nowMs - options.retentionMs);
    },
    endRead() {
      reads--;
    },
    get size() {
      return size;
    },
    get bytes() {
      return arena.bytes;
    },
  };

  /** Parses label fields. `canonical` = as `encodeLabels` would write them, nothing empty, nothing to strip: then these bytes are the identity themselves. */
  const parseLabels = (bytes: Uint8Array, from: number, to: number): { labels: Labels; canonical: boolean } => {
    const labels: Record<string, string> = {};
    let canonical = true;
    let previous = '';
    const reader = new ProtoReader(bytes, from, to);
    while (!reader.done) {
      if (reader.key() !== LABEL_KEY) throw corrupt('label');
      const end = reader.blockEnd();
      let name = '';
      let value = '';
      let fields = 0;
      while (reader.pos < end) {
        const key = reader.key();
        if (key !== (fields++ === 0 ? NAME_KEY : VALUE_KEY)) canonical = false;
        if (key !== NAME_KEY && key !== VALUE_KEY) {
          reader.skip(key);
          continue;
        }
        const textEnd = reader.blockEnd();
        const text = pool.get(bytes, reader.pos, textEnd);
        if (key === NAME_KEY) name = text;
        else value = text;
        reader.pos = textEnd;
      }
      if (reader.pos !== end) throw corrupt('label');
      if (name <= previous || value === '' || fields !== 2 || strip.has(name)) canonical = false;
      previous = name;
      // A label may be called __proto__: an assignment would set the prototype.
      if (name === '__proto__') Object.defineProperty(labels, name, { value, enumerable: true });
      else labels[name] = value;
    }
    return { labels: Object.freeze(labels), canonical };
  };

  return table;
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

const sameBytes = (stored: StoredBytes, bytes: Uint8Array, view: DataView, from: number, to: number): boolean => {
  if (stored.to - stored.from !== to - from) return false;
  let a = stored.from;
  let b = from;
  for (; b + 4 <= to; a += 4, b += 4) if (stored.view.getInt32(a) !== view.getInt32(b)) return false;
  for (; b < to; a++, b++) if (stored.bytes[a] !== bytes[b]) return false;
  return true;
};
