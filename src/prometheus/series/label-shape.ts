import type { Labels } from '../../conventions/index.ts';
import { utf8, WIRE } from '../wire/proto-reader.ts';

/** The names of a label set. Series of one metric share it, so that their Labels objects share a hidden class. */
export interface LabelShape {
  readonly names: readonly string[];
  /** A frozen object with these names and the values in `values`. */
  build(values: readonly string[]): Labels;
}

/** Finds the shape of names in their order. */
export interface LabelShapes {
  get(names: readonly string[]): LabelShape;
}

// Beyond this many different sets of names the cache starts again: nobody has so many, save on purpose.
const MAX_SHAPES = 4096;

export const createLabelShapes = (): LabelShapes => {
  const shapes = new Map<string, LabelShape>();
  let last = makeShape([]);
  return {
    get(names) {
      if (sameNames(last.names, names)) return last;
      const key = JSON.stringify(names);
      let shape = shapes.get(key);
      if (shape === undefined) {
        if (shapes.size >= MAX_SHAPES) shapes.clear();
        shape = makeShape([...names]);
        shapes.set(key, shape);
      }
      last = shape;
      return shape;
    },
  };
};

const sameNames = (a: readonly string[], b: readonly string[]): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

type LabelsMaker = new (values: readonly string[]) => Labels;

/**
 * A constructor of plain objects with these keys. The engine gives all objects of one constructor the same hidden class and room for their members inside;
 * copies of a template would get a class of their own each when they are frozen, 400 bytes that no other object shares.
 */
const makerOf = (keys: readonly string[], at: readonly number[]): LabelsMaker => {
  function make(this: Record<string, string>, values: readonly string[]): void {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      const value = values[at[i]!]!;
      // A label may be called __proto__: an assignment would set the prototype.
      if (key === '__proto__') Object.defineProperty(this, key, { value, enumerable: true });
      else this[key] = value;
    }
    Object.freeze(this);
  }
  make.prototype = Object.prototype;
  return make as unknown as LabelsMaker;
};

const makeShape = (names: readonly string[]): LabelShape => {
  // The engine's own copies of the names, each once: looking a property up by these is fast.
  const keys = Object.keys(Object.fromEntries(names.map((name) => [name, ''])));
  const Maker = makerOf(
    keys,
    keys.map((key) => names.lastIndexOf(key)),
  );
  return {
    names: names.map((name) => keys.find((key) => key === name) ?? name),
    build: (values) => new Maker(values),
  };
};

const LABEL_KEY = (1 << 3) | WIRE.bytes;
const NAME_KEY = (1 << 3) | WIRE.bytes;
const VALUE_KEY = (2 << 3) | WIRE.bytes;

/**
 * Whether `bytes[from, to)` are label fields with exactly these names in this order and the values in `labels` or, for names that are not there, in `stripped`,
 * each label written as name, then value. Nothing is decoded for it.
 */
export const bytesAreLabels = (
  bytes: Uint8Array,
  from: number,
  to: number,
  names: readonly string[],
  labels: Labels,
  stripped: Labels,
): boolean => {
  let at = from;
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    // Where a name is not among the labels, a member of Object.prototype may be found, which is no string.
    let value: unknown = labels[name];
    if (typeof value !== 'string') value = stripped[name];
    if (typeof value !== 'string' || bytes[at] !== LABEL_KEY) return false;
    const body = at + 1 + lengthBytes(bytes, at + 1);
    const end = body + lengthAt(bytes, at + 1);
    const valueAt = textEnd(bytes, body, to, NAME_KEY, name);
    if (valueAt < 0 || textEnd(bytes, valueAt, to, VALUE_KEY, value) !== end) return false;
    at = end;
  }
  return at === to;
};

// A length of up to three bytes; a longer one makes the comparison fail, and the labels are parsed.
const lengthBytes = (bytes: Uint8Array, at: number): number => (bytes[at]! < 0x80 ? 1 : bytes[at + 1]! < 0x80 ? 2 : 3);
const lengthAt = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at]!;
  if (first < 0x80) return first;
  const second = bytes[at + 1]!;
  if (second < 0x80) return (first & 0x7f) | (second << 7);
  return (first & 0x7f) | ((second & 0x7f) << 7) | (bytes[at + 2]! << 14);
};

/** Where a string field with this key and text ends, if it begins at `at`; -1 where something else is there. */
const textEnd = (bytes: Uint8Array, at: number, to: number, key: number, text: string): number => {
  if (bytes[at] !== key) return -1;
  const from = at + 1 + lengthBytes(bytes, at + 1);
  const length = lengthAt(bytes, at + 1);
  const end = from + length;
  if (end > to) return -1;
  if (text.length === length) {
    let i = 0;
    while (i < length && text.charCodeAt(i) === bytes[from + i]) i++;
    if (i === length) return end;
    // Text beyond ASCII is longer in bytes; only bytes that are no UTF-8 can be as long as their text and differ from it.
    if (bytes[from + i]! < 0x80) return -1;
  } else if (text.length > length) return -1;
  return utf8(bytes, from, end) === text ? end : -1;
};
