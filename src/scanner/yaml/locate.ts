import { EVENT_ID, type Event, SCALAR_STYLE } from 'js-yaml';
import { unescapeToken } from '../../policy/index.ts';
import { scalarStart, scalarValue } from './compose.ts';
import type { PlainPlaces } from './plain-document.ts';

/** Where things stand in the text; made only for documents with findings. */
export interface PlaceTree {
  /** Where the value begins; -1 where the text has nothing (an empty value). */
  readonly offset: number;
  /** Entries of a mapping or a sequence: where the key (or the item) stands, and what is below. */
  readonly children: Map<string, { readonly offset: number; readonly tree: PlaceTree }>;
}

interface Frame {
  readonly tree: PlaceTree;
  readonly anchor: string | undefined;
  readonly isMapping: boolean;
  key: { readonly name: string; readonly offset: number; readonly isMerge: boolean } | undefined;
  merges: PlaceTree[];
}

const leaf = (offset: number): PlaceTree => ({ offset, children: new Map() });

/** The places of one document. What an alias stands for is where its anchor is. */
export const placeTree = (text: string, events: readonly Event[]): PlaceTree => {
  const anchors = new Map<string, PlaceTree>();
  const stack: Frame[] = [];
  let root = leaf(-1);
  const add = (tree: PlaceTree, offset: number, scalar?: { readonly text: string; readonly isPlain: boolean }): void => {
    const frame = stack.at(-1);
    if (!frame) {
      root = tree;
      return;
    }
    const { children } = frame.tree;
    if (!frame.isMapping) children.set(String(children.size), { offset: offset < 0 ? frame.tree.offset : offset, tree });
    else if (!frame.key) frame.key = { name: scalar?.text ?? '', offset, isMerge: scalar?.text === '<<' && scalar.isPlain };
    else {
      // A list of merged mappings comes as a sequence.
      if (frame.key.isMerge)
        frame.merges.push(...(tree.children.has('0') ? [...tree.children.values()].map((child) => child.tree) : [tree]));
      else children.set(frame.key.name, { offset: frame.key.offset, tree });
      frame.key = undefined;
    }
  };
  for (const event of events) {
    const anchor =
      event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP || event.anchorStart < 0
        ? undefined
        : text.slice(event.anchorStart, event.anchorEnd);
    if (event.type === EVENT_ID.SCALAR) {
      const tree = leaf(scalarStart(text, event));
      if (anchor !== undefined) anchors.set(anchor, tree);
      add(tree, tree.offset, { text: String(scalarValue(text, event)), isPlain: event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0 });
    } else if (event.type === EVENT_ID.ALIAS) {
      add(anchors.get(anchor ?? '') ?? leaf(event.anchorStart - 1), event.anchorStart - 1);
    } else if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
      const isMapping = event.type === EVENT_ID.MAPPING;
      stack.push({ tree: leaf(event.start), anchor, isMapping, key: undefined, merges: [] });
    } else if (event.type === EVENT_ID.POP) {
      const frame = stack.pop();
      if (!frame) continue;
      for (const merged of frame.merges)
        for (const [key, child] of merged.children) if (!frame.tree.children.has(key)) frame.tree.children.set(key, child);
      if (frame.anchor !== undefined) anchors.set(frame.anchor, frame.tree);
      add(frame.tree, frame.tree.offset);
    }
  }
  return root;
};

/** The offset of the key or item under this JSON Pointer, or of the nearest thing above it that is there. */
export const offsetOf = (root: PlaceTree, pointer: string): number => {
  let { offset } = root;
  let tree = root;
  // Step by step instead of all steps at once: this is done for each finding.
  for (let from = 0; from < pointer.length; ) {
    const end = pointer.indexOf('/', from + 1);
    const to = end < 0 ? pointer.length : end;
    const child = tree.children.get(unescapeToken(pointer.slice(from + 1, to)));
    if (!child) break;
    if (child.offset >= 0) offset = child.offset;
    tree = child.tree;
    from = to;
  }
  return offset;
};

// Nearly all nodes are leaves, and a map each would be most of the memory. Nobody adds to it.
const NO_CHILDREN: PlaceTree['children'] = new Map();

/** The places of a document that was read the short way. */
export const plainPlaces = (value: unknown, { offsets, start }: PlainPlaces): PlaceTree => {
  let next = 0;
  const treeOf = (node: unknown, offset: number): PlaceTree => {
    if (typeof node !== 'object' || node === null) return { offset, children: NO_CHILDREN };
    const tree = leaf(offset);
    // A list's keys are its indices.
    for (const key of Object.keys(node)) {
      const at = offsets[next++]!;
      tree.children.set(key, { offset: at, tree: treeOf((node as Record<string, unknown>)[key], at) });
    }
    return tree;
  };
  return treeOf(value, start);
};
