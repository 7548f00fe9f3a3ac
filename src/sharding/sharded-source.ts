import type { LabelMatcher, Labels, Selector, SelectorResult } from '../conventions/index.ts';
import type { ReadRequest, SeriesSource } from '../prometheus/index.ts';
import type { Shard } from './shard.ts';

/** Namespaces left out by name; those beyond are read and then dropped. A matcher of these many has about a quarter of a megabyte. */
const MAX_LEFT_OUT = 10_000;
/** Read before the first long read, so that it need not begin with everybody's series. */
const LOOK_AROUND_MS = 300_000;

const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/**
 * Reads only what a shard scores: namespaces of others are left out by a matcher once a series has shown them. A namespace that is new is read by
 * every shard at first and scored by the one that owns it, so no list of namespaces has to be asked for and none is ever missed.
 *
 * `ofPods` holds the selectors whose label `namespace` is that of a pod; the series of nodes carry the namespace of what was scraped instead.
 */
export const createShardedSource = (source: SeriesSource, shard: Shard, ofPods: ReadonlySet<Selector>): SeriesSource => {
  const own = new Set<string>();
  const foreign = new Set<string>();
  /** Selectors of pods whose `namespace` is that of kube-state-metrics, which is scraped without honorLabels. */
  const exported = new Set<Selector>();
  let matcher: LabelMatcher | undefined;
  let hasLookedAround = false;

  const isForeign = (namespace: string): boolean => {
    if (own.has(namespace)) return false;
    if (foreign.has(namespace)) return true;
    const isOwn = shard.ownerOf(namespace) === shard.place.index;
    if (isOwn) own.add(namespace);
    else if (foreign.size < MAX_LEFT_OUT) foreign.add(namespace);
    return !isOwn;
  };

  const isMine = (selector: Selector, labels: Labels): boolean => {
    if (labels.exported_namespace) exported.add(selector);
    const namespace = labels.exported_namespace || labels.namespace;
    return !namespace || !isForeign(namespace);
  };

  /** Learns whose namespaces there are, and leaves out what the matcher could not: it need not be held by anybody. */
  const sift = (selectors: readonly Selector[], results: readonly SelectorResult[]): readonly SelectorResult[] => {
    const before = foreign.size;
    const kept = results.map((result): SelectorResult => {
      const selector = selectors[result.selector]!;
      if (!ofPods.has(selector)) return result;
      return { selector: result.selector, series: result.series.filter(({ labels }) => isMine(selector, labels)) };
    });
    if (foreign.size > before) matcher = { name: 'namespace', type: '!~', value: [...foreign].sort().map(literal).join('|') };
    return kept;
  };

  const narrow = (request: ReadRequest): ReadRequest => {
    const added = matcher;
    if (!added) return request;
    const isNarrow = (selector: Selector): boolean => ofPods.has(selector) && !exported.has(selector);
    return { ...request, selectors: request.selectors.map((selector) => (isNarrow(selector) ? [...selector, added] : selector)) };
  };

  const read = async (request: ReadRequest, signal?: AbortSignal): Promise<readonly SelectorResult[]> => {
    const results = await source.read(narrow(request), signal);
    hasLookedAround = true;
    return sift(request.selectors, results);
  };

  async function* readSlices(request: ReadRequest, signal?: AbortSignal) {
    if (!hasLookedAround) await read({ ...request, startMs: Math.max(request.startMs, request.endMs - LOOK_AROUND_MS) }, signal);
    for await (const slice of source.readSlices(narrow(request), signal)) {
      yield { ...slice, results: sift(request.selectors, slice.results) };
    }
  }

  return {
    read,
    readSlices,
    get rung() {
      return source.rung;
    },
    close: () => source.close(),
  };
};
