import type { Labels } from '../../conventions/index.ts';
import { corrupt } from '../wire/corrupt.ts';
import { encodeLabels } from '../wire/encode-labels.ts';
import { ProtoReader, WIRE } from '../wire/proto-reader.ts';
import { createLabelShapes, type LabelShape } from './label-shape.ts';
import { bytesAreAscii, createStringPool } from './string-pool.ts';

export interface ParsedLabels {
  /** The names in the order of the bytes. */
  readonly shape: LabelShape;
  /** What a server would send for the labels that count; undefined where the bytes are just that. */
  readonly canonical: Uint8Array | undefined;
  /** Whether each label is written as name, then value, as every server does. */
  readonly plain: boolean;
  /** Makes the Labels object; only for canonical bytes, and before the next `parse`. */
  readonly labels: () => Labels;
  /** The labels that do not count: external ones, and those without a value. */
  readonly stripped: Labels;
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
  const reader = new ProtoReader(new Uint8Array(0));
  // Names and values of the labels that are being parsed, and those of the series before it: neighbours share most of them.
  let names: string[] = [];
  let values: string[] = [];
  let lastNames: string[] = [];
  let lastValues: string[] = [];
  let plain = true;
  let canonical = true;

  const counts = (name: string, value: string): boolean => value !== '' && !strip.has(name);
  const pick = (which: boolean): Labels =>
    Object.freeze(
      Object.fromEntries(names.map((name, i) => [name, values[i]!] as const).filter(([name, value]) => counts(name, value) === which)),
    );
  // Stripped labels are the same for all series of a server: one object for all.
  let lastStripped = NONE;
  const pickStripped = (): Labels => {
    const stripped = pick(false);
    if (!sameLabels(stripped, lastStripped)) lastStripped = stripped;
    return lastStripped;
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
    const sorted = names.length === 0 || name > names[names.length - 1]!;
    if (fields !== 2 || (!sorted && names.includes(name))) plain = false;
    if (!sorted || !counts(name, value)) canonical = false;
    names.push(name);
    values.push(value);
  };

  return {
    parse(bytes, from, to) {
      [names, lastNames] = [lastNames, names];
      [values, lastValues] = [lastValues, values];
      names.length = 0;
      values.length = 0;
      reader.bytes = bytes;
      reader.pos = from;
      reader.end = to;
      plain = true;
      canonical = true;
      while (!reader.done) readLabel(bytes);
      const shape = shapes.get(names);
      return {
        shape,
        plain,
        canonical: plain && canonical ? undefined : encodeLabels(pick(true)),
        labels: () => shape.build(values),
        stripped: canonical ? NONE : pickStripped(),
      };
    },
    keep: (labels) => Object.fromEntries(Object.entries(labels).filter(([name, value]) => counts(name, value))),
  };
};

const sameLabels = (a: Labels, b: Labels): boolean => {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
};
