import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import { plainScalar } from './plain-scalar.ts';

/** Bounds for one document. */
export interface ComposeLimits {
  /** Levels of nesting, aliases followed. */
  readonly maxDepth: number;
  /** Values that aliases and merge keys may add by repetition. */
  readonly maxAliasedValues: number;
}

export interface Composed {
  readonly value: unknown;
  /** Keys that stand twice in one mapping: offset of each later one. The last value counts, as in Kubernetes. */
  readonly duplicates: readonly DuplicateKey[];
}

export interface DuplicateKey {
  /** Keys and indices from the root. */
  readonly steps: readonly (string | number)[];
  readonly offset: number;
}

/** Why a document was refused, with the place. */
export class ComposeError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

interface Frame {
  readonly value: unknown[] | Record<string, unknown>;
  readonly anchor: string | undefined;
  readonly start: number;
  /** Undefined while a key is awaited. */
  key: string | undefined;
  keyOffset: number;
  /** Own keys of a mapping; merged ones do not count as duplicates. */
  readonly own: Set<string> | undefined;
  merges: unknown[] | undefined;
  size: number;
  depth: number;
}

interface Anchored {
  readonly value: unknown;
  readonly size: number;
  readonly depth: number;
}

/**
 * The value of one document out of its events, with plain scalars as Kubernetes reads them. Aliases share their value, so that a bomb
 * costs nothing; what they stand for is counted and bounded. Throws `ComposeError`.
 */
export const compose = (text: string, events: readonly Event[], limits: ComposeLimits): Composed => {
  const anchors = new Map<string, Anchored | undefined>();
  const duplicates: DuplicateKey[] = [];
  const stack: Frame[] = [];
  let root: unknown = null;
  let aliased = 0;

  const add = (value: unknown, offset: number, size: number, depth: number, isPlain = false): void => {
    const frame = stack.at(-1);
    if (!frame) {
      root = value;
      return;
    }
    frame.size += size;
    if (depth >= frame.depth) frame.depth = depth + 1;
    if (Array.isArray(frame.value)) frame.value.push(value);
    else if (frame.key === undefined) {
      frame.key = isPlain && value === '<<' ? MERGE : keyText(value, offset);
      frame.keyOffset = offset;
    } else {
      addPair(frame, value);
      frame.key = undefined;
    }
  };

  const addPair = (frame: Frame, value: unknown): void => {
    const key = frame.key!;
    if (key === MERGE) {
      frame.merges ??= [];
      frame.merges.push(...(Array.isArray(value) ? value : [value]));
      return;
    }
    if (frame.own!.has(key) && duplicates.length < MAX_DUPLICATES)
      duplicates.push({ steps: [...stack.slice(0, -1).map(stepOf), key], offset: frame.keyOffset });
    frame.own!.add(key);
    setKey(frame.value as Record<string, unknown>, key, value);
  };

  const mark = (event: { anchorStart: number; anchorEnd: number }): string | undefined =>
    event.anchorStart < 0 ? undefined : text.slice(event.anchorStart, event.anchorEnd);

  for (const event of events) {
    if (event.type === EVENT_ID.SCALAR) {
      const offset = scalarStart(text, event);
      const value = scalarValue(text, event);
      const anchor = mark(event);
      if (anchor !== undefined) anchors.set(anchor, { value, size: 1, depth: 0 });
      add(value, offset, 1, 0, event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0);
    } else if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
      const isMapping = event.type === EVENT_ID.MAPPING;
      const anchor = mark(event);
      // Until it is complete it may not be referred to: a value that contains itself is no JSON.
      if (anchor !== undefined) anchors.set(anchor, undefined);
      stack.push({
        value: isMapping ? {} : [],
        anchor,
        start: event.start,
        key: undefined,
        keyOffset: -1,
        own: isMapping ? new Set() : undefined,
        merges: undefined,
        size: 1,
        depth: 1,
      });
    } else if (event.type === EVENT_ID.ALIAS) {
      const name = text.slice(event.anchorStart, event.anchorEnd);
      const target = anchors.get(name);
      if (!target) {
        const why = anchors.has(name) ? 'is part of what it stands for' : 'stands for nothing';
        throw new ComposeError(`alias *${name} ${why}`, event.anchorStart - 1);
      }
      aliased += target.size;
      if (aliased > limits.maxAliasedValues)
        throw new ComposeError(`aliases repeat more than ${limits.maxAliasedValues} values`, event.anchorStart - 1);
      add(target.value, event.anchorStart - 1, target.size, target.depth);
    } else if (event.type === EVENT_ID.POP) {
      const frame = stack.pop();
      // The end of the document has no frame.
      if (!frame) continue;
      if (frame.merges) aliased += applyMerges(frame);
      if (frame.depth > limits.maxDepth) throw new ComposeError(`it is nested deeper than ${limits.maxDepth} levels`, frame.start);
      if (frame.anchor !== undefined) anchors.set(frame.anchor, { value: frame.value, size: frame.size, depth: frame.depth });
      add(frame.value, frame.start, frame.size, frame.depth);
    }
  }
  return { value: root, duplicates };
};

// More of them say nothing new about a document.
const MAX_DUPLICATES = 100;
/** No key of a document can be this: keys come from text without NUL. */
const MERGE = '\0merge';

const stepOf = (frame: Frame): string | number => (Array.isArray(frame.value) ? frame.value.length : (frame.key ?? ''));

const setKey = (target: Record<string, unknown>, key: string, value: unknown): void => {
  // An assignment to `__proto__` would not make a key.
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
};

const keyText = (value: unknown, offset: number): string => {
  if (typeof value === 'object' && value !== null) throw new ComposeError('a key must be text', offset);
  return String(value);
};

/** Own keys win over merged ones, earlier merged ones over later. Returns how many keys were repeated. */
const applyMerges = ({ value, merges, start }: Frame): number => {
  const target = value as Record<string, unknown>;
  let added = 0;
  for (const source of merges ?? []) {
    if (typeof source !== 'object' || source === null || Array.isArray(source))
      throw new ComposeError('a merge key (<<) needs a mapping or a list of mappings', start);
    for (const [key, child] of Object.entries(source)) {
      added += 1;
      if (!Object.hasOwn(target, key)) setKey(target, key, child);
    }
  }
  return added;
};

export type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;

// The end of a line that begins a block: its indicator, and a comment.
const BLOCK_HEADER = /[|>][-+\d]{0,3}[ \t]*(?:[ \t]#.*)?\r?$/;

/** Where a scalar begins, with its quote or block indicator; -1 where the text has nothing. */
export const scalarStart = (text: string, { valueStart, style }: ScalarEvent): number => {
  if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED) return valueStart - 1;
  if (style !== SCALAR_STYLE.LITERAL_BLOCK && style !== SCALAR_STYLE.FOLDED_BLOCK) return valueStart;
  const line = text.lastIndexOf('\n', valueStart - 2) + 1;
  const at = text.slice(line, valueStart - 1).search(BLOCK_HEADER);
  return at < 0 ? valueStart : line + at;
};

/** The value of a scalar as Kubernetes reads it. */
export const scalarValue = (text: string, event: ScalarEvent): unknown => {
  const source = getScalarValue(text, event);
  if (event.tagStart >= 0) return taggedValue(source, text.slice(event.tagStart, event.tagEnd), event.style === SCALAR_STYLE.PLAIN);
  return event.style === SCALAR_STYLE.PLAIN ? plainScalar(source) : source;
};

const NUMBER_TAGS: ReadonlySet<string> = new Set(['!!int', '!!float', '!!bool', '!!null']);

/** Standard tags are obeyed where the text fits; unknown ones (`!Ref`, `!vault`) are for other programs. */
const taggedValue = (source: string, tag: string, isPlain: boolean): unknown => {
  const name = tag.startsWith('!<tag:yaml.org,2002:') ? `!!${tag.slice('!<tag:yaml.org,2002:'.length, -1)}` : tag;
  if (NUMBER_TAGS.has(name)) return plainScalar(source);
  if (name === '!' || name === '!!str' || name === '!!binary' || name === '!!timestamp') return source;
  return isPlain ? plainScalar(source) : source;
};
