import type { Labels } from '../../conventions/index.ts';
import { corrupt } from '../wire/corrupt.ts';
import { encodeLabels } from '../wire/encode-labels.ts';
import { ProtoReader, WIRE } from '../wire/proto-reader.ts';
import { createLabelShapes, type LabelShape } from './label-shape.ts';
import { bytesAreAscii, createStringPool } from './string-pool.ts';

/** Valid until the next `parse`. */
export interface ParsedLabels {
  /** The names in the order of the bytes. */
  readonly shape: LabelShape;
  /** Whether each label is written as name, then value, as every server does. */
  readonly plain: boolean;
  /** What a server would send for the labels that count; undefined where the bytes are just that. */
  readonly canonical: Uint8Array | undefined;
  /** The labels that do not count: external ones, and those without a value. */
  readonly stripped: Labels;
  /** Those that count, as an object, and their names in the order of the canonical bytes. */
  kept(): { readonly labels: Labels; readonly shape: LabelShape };
}

export interface LabelParser {
  parse(bytes: Uint8Array, from: number, to: number): ParsedLabels;
  /** The labels that count. */
  keep(labels: Readonly<Record<string, string>>): Labels;
}

const LABEL_KEY = (1 << 3) | WIRE.bytes;
const NAME_KEY = (1 << 3) | WIRE.bytes;
const VALUE_KEY = (2 << 3) | WIRE.bytes;
const NONE: Labels = Object.freeze({});

export const createLabelParser = (strip: ReadonlySet<string>): LabelParser => {
  const pool = createStringPool();
  const shapes = createLabelShapes();
  const keptShapes = createLabelShapes();
  const reader = new ProtoReader(new Uint8Array(0));
  // Names and values of the labels that are being parsed, and those of the series before it: neighbours share most of them.
  let names: string[] = [];
  let values: string[] = [];
  let lastNames: string[] = [];
  let lastValues: string[] = [];
  // Where each label begins in the bytes.
  const starts: number[] = [];
  let plain = true;
  let sorted = true;
  let allCount = true;
  let lastStripped = NONE;

  const counts = (name: string, value: string): boolean => value !== '' && !strip.has(name);
  const keep = (labels: Readonly<Record<string, string>>): Labels =>
    Object.fromEntries(Object.entries(labels).filter(([name, value]) => counts(name, value)));

  /** The labels that do not count. They are the same for all series of a server: one object for all. */
  const strippedLabels = (): Labels => {
    const pairs = names.map((name, i) => [name, values[i]!] as const).filter(([name, value]) => !counts(name, value));
    const isLast = pairs.length === Object.keys(lastStripped).length && pairs.every(([name, value]) => lastStripped[name] === value);
    if (!isLast) lastStripped = Object.freeze(Object.fromEntries(pairs));
    return lastStripped;
  };

  /** The bytes of the labels that count, which stand in order in `bytes`. */
  const keptBytes = (bytes: Uint8Array, to: number): Uint8Array =>
    Buffer.concat(names.flatMap((name, i) => (counts(name, values[i]!) ? [bytes.subarray(starts[i]!, starts[i + 1] ?? to)] : [])));

  const kept: ParsedLabels['kept'] = () => {
    if (allCount) {
      const shape = shapes.get(names);
      return { shape, labels: shape.build(values) };
    }
    const indices = names.map((_, i) => i).filter((i) => counts(names[i]!, values[i]!));
    const shape = keptShapes.get(indices.map((i) => names[i]!));
    return { shape, labels: shape.build(indices.map((i) => values[i]!)) };
  };

  const text = (bytes: Uint8Array, from: number, to: number, guess: string | undefined): string =>
    guess !== undefined && bytesAreAscii(bytes, from, to, guess) ? guess : pool.get(bytes, from, to);

  /** One label, added to `names` and `values`. */
  const readLabel = (bytes: Uint8Array): void => {
    if (reader.key() !== LABEL_KEY) throw corrupt('label');
    const end = reader.blockEnd();
    let name = '';
    let value = '';
    let fields = 0;
    while (reader.pos < end) {
      const key = reader.key();
      if (key !== (fields++ === 0 ? NAME_KEY : VALUE_KEY)) plain = false;
      if (key !== NAME_KEY && key !== VALUE_KEY) {
        reader.skip(key);
        continue;
      }
      const textEnd = reader.blockEnd();
      if (key === NAME_KEY) name = text(bytes, reader.pos, textEnd, lastNames[names.length]);
      else value = text(bytes, reader.pos, textEnd, lastValues[names.length]);
      reader.pos = textEnd;
    }
    if (reader.pos !== end) throw corrupt('label');
    const rises = names.length === 0 || name > names[names.length - 1]!;
    if (!rises) sorted = false;
    if (fields !== 2 || (!rises && names.includes(name))) plain = false;
    if (!counts(name, value)) allCount = false;
    names.push(name);
    values.push(value);
  };

  const readLabels = (bytes: Uint8Array, from: number, to: number): void => {
    [names, lastNames] = [lastNames, names];
    [values, lastValues] = [lastValues, values];
    names.length = 0;
    values.length = 0;
    starts.length = 0;
    plain = true;
    sorted = true;
    allCount = true;
    reader.bytes = bytes;
    reader.pos = from;
    reader.end = to;
    while (!reader.done) {
      starts.push(reader.pos);
      readLabel(bytes);
    }
  };

  return {
    parse(bytes, from, to) {
      readLabels(bytes, from, to);
      const shape = shapes.get(names);
      const stripped = allCount ? NONE : strippedLabels();
      if (plain && sorted) return { shape, plain, canonical: allCount ? undefined : keptBytes(bytes, to), stripped, kept };
      const wasPlain = plain;
      const canonical = encodeLabels(kept().labels);
      readLabels(canonical, 0, canonical.length);
      return { shape, plain: wasPlain, canonical, stripped, kept };
    },
    keep,
  };
};
