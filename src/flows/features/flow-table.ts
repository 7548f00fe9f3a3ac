import { CONTEXT_WIDTH, createContextWindow, isFailed } from '../endpoint/context.ts';
import { type Conversation, conversationOf } from '../endpoint/service.ts';
import type { Flow } from '../record/flow.ts';
import { STRICT_FEATURES, writeFeatures } from './catalogue.ts';
import type { Matrix } from './scaler.ts';

/** Flows as numbers, in the order in which they came. */
export interface FlowTable {
  /** `STRICT_FEATURES` per flow. */
  readonly matrix: Matrix;
  /** `CONTEXT_WIDTH` numbers per flow. */
  readonly contexts: Float64Array;
  readonly conversations: readonly Conversation[];
  readonly startsMs: Float64Array;
  /** Place in the input. */
  readonly rows: Int32Array;
  /** Family of an attack; empty = benign. */
  readonly families: readonly string[];
  /** The other texts of the flows. */
  readonly texts: readonly (readonly string[])[];
}

export interface TableOptions {
  /** Which of a flow's texts is its family; absent = all are benign. */
  readonly family?: number;
  /** What a label means for a flow, empty = benign; `familyOf` where absent. */
  readonly relabel?: ((label: string, conversation: Conversation) => string) | undefined;
  /** Benign flows kept at most; of more, every second, fourth, ... */
  readonly maxBenign?: number;
}

export interface TableBuilder {
  add(flow: Flow): void;
  /** All flows so far. */
  table(): FlowTable;
  /** Forgets the flows, keeps the surroundings: the next ones go on in the same recording. */
  clear(): void;
  readonly count: number;
  /** One in so many benign flows was kept. */
  readonly stride: number;
}

/** 400,000 rows of 77 numbers are 123 MB. */
const MAX_BENIGN = 400_000;
const WIDTH = STRICT_FEATURES.length;

const BENIGN = new Set(['', 'benign', 'normal', '0']);
/** A label as a family; empty for the ways in which benign is written. */
export const familyOf = (label: string): string => (BENIGN.has(label.trim().toLowerCase()) ? '' : label.trim());

const conversationsByText = () => {
  // The same objects for the same peers: addresses repeat.
  const known = new Map<string, Conversation>();
  return (flow: Flow): Conversation => {
    const conversation = conversationOf(flow);
    const key = `${conversation.client} ${conversation.service} ${conversation.port}`;
    const same = known.get(key);
    if (same) return same;
    if (known.size > 100_000) known.clear();
    known.set(key, conversation);
    return conversation;
  };
};

/** Turns flows into numbers, once for training, scoring and serving alike. */
export const createTableBuilder = (options: TableOptions = {}): TableBuilder => {
  const { maxBenign = MAX_BENIGN } = options;
  const window = createContextWindow();
  const intern = conversationsByText();
  let data = new Float32Array(64 * WIDTH);
  let contexts = new Float64Array(64 * CONTEXT_WIDTH);
  let startsMs: number[] = [];
  let rows: number[] = [];
  let conversations: Conversation[] = [];
  let families: string[] = [];
  let texts: (readonly string[])[] = [];
  let stride = 1;
  let benignSeen = 0;
  let benignKept = 0;

  const grow = <T extends Float32Array | Float64Array>(array: T, make: new (length: number) => T, needed: number): T => {
    if (needed <= array.length) return array;
    const larger = new make(Math.max(needed, array.length * 2));
    larger.set(array);
    return larger;
  };
  const thin = (): void => {
    stride *= 2;
    let kept = 0;
    let benign = 0;
    benignKept = 0;
    for (let i = 0; i < rows.length; i++) {
      const isBenign = families[i] === '';
      if (isBenign && benign++ % 2 === 1) continue;
      if (isBenign) benignKept++;
      data.copyWithin(kept * WIDTH, i * WIDTH, (i + 1) * WIDTH);
      contexts.copyWithin(kept * CONTEXT_WIDTH, i * CONTEXT_WIDTH, (i + 1) * CONTEXT_WIDTH);
      for (const list of [startsMs, rows, conversations, families, texts] as unknown[][]) list[kept] = list[i];
      kept++;
    }
    for (const list of [startsMs, rows, conversations, families, texts] as unknown[][]) list.length = kept;
  };

  return {
    add: (flow) => {
      const conversation = intern(flow);
      const startMs = Number.isNaN(flow.startMs) ? 0 : flow.startMs;
      const context = window.observe({ startMs, conversation, isFailed: isFailed(flow.statistics) });
      const label = options.family === undefined ? '' : (flow.texts[options.family] ?? '');
      const family = options.relabel && options.family !== undefined ? options.relabel(label, conversation) : familyOf(label);
      if (family === '' && benignSeen++ % stride !== 0) return;
      const i = rows.length;
      data = grow(data, Float32Array, (i + 1) * WIDTH);
      contexts = grow(contexts, Float64Array, (i + 1) * CONTEXT_WIDTH);
      writeFeatures(STRICT_FEATURES, flow.statistics, data, i * WIDTH);
      contexts.set(context, i * CONTEXT_WIDTH);
      startsMs.push(startMs);
      rows.push(flow.row);
      conversations.push(conversation);
      families.push(family);
      texts.push(flow.texts);
      if (family === '' && ++benignKept >= maxBenign) thin();
    },
    table: () => ({
      matrix: { count: rows.length, width: WIDTH, data: data.slice(0, rows.length * WIDTH) },
      contexts: contexts.slice(0, rows.length * CONTEXT_WIDTH),
      conversations,
      startsMs: Float64Array.from(startsMs),
      rows: Int32Array.from(rows),
      families,
      texts,
    }),
    clear: () => {
      startsMs = [];
      rows = [];
      conversations = [];
      families = [];
      texts = [];
      benignKept = 0;
    },
    get count() {
      return rows.length;
    },
    get stride() {
      return stride;
    },
  };
};

/** Rows of a table that fulfil a condition, in order of time. */
export const selectRows = (table: FlowTable, isWanted: (row: number) => boolean): Int32Array =>
  Int32Array.from({ length: table.matrix.count }, (_, i) => i)
    .filter(isWanted)
    .sort((a, b) => table.startsMs[a]! - table.startsMs[b]! || a - b);

/** Some columns of a matrix. */
export const takeColumns = ({ count, width, data }: Matrix, columns: ArrayLike<number>): Matrix => {
  const taken = columns.length;
  const out = new Float32Array(count * taken);
  for (let row = 0; row < count; row++) for (let k = 0; k < taken; k++) out[row * taken + k] = data[row * width + columns[k]!]!;
  return { count, width: taken, data: out };
};

/** Some flows of a table, in the order given. */
export const takeRows = (table: FlowTable, rows: ArrayLike<number>): FlowTable => {
  const { width, data } = table.matrix;
  const out = new Float32Array(rows.length * width);
  const contexts = new Float64Array(rows.length * CONTEXT_WIDTH);
  for (let i = 0; i < rows.length; i++) {
    out.set(data.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
    contexts.set(table.contexts.subarray(rows[i]! * CONTEXT_WIDTH, (rows[i]! + 1) * CONTEXT_WIDTH), i * CONTEXT_WIDTH);
  }
  const pick = <T>(list: ArrayLike<T>): T[] => Array.from(rows, (row) => list[row]!);
  return {
    matrix: { count: rows.length, width, data: out },
    contexts,
    conversations: pick(table.conversations),
    startsMs: Float64Array.from(pick(table.startsMs)),
    rows: Int32Array.from(pick(table.rows)),
    families: pick(table.families),
    texts: pick(table.texts),
  };
};
