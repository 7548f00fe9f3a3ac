import type { LabelMatcher, Selector, SelectorResult } from '../../conventions/index.ts';
import type { ReadRequest, SeriesSource } from '../../prometheus/index.ts';
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

  const learn = (selectors: readonly Selector[], results: readonly SelectorResult[]): void => {
    const before = foreign.size;
    for (const { selector: index, series } of results) {
      const selector = selectors[index]!;
      if (!ofPods.has(selector)) continue;
      for (const { labels } of series) {
        if (labels.exported_namespace) exported.add(selector);
        const namespace = labels.exported_namespace || labels.namespace;
        if (!namespace || own.has(namespace) || foreign.has(namespace)) continue;
        if (shard.ownerOf(namespace) === shard.place.index) own.add(namespace);
        else if (foreign.size < MAX_LEFT_OUT) foreign.add(namespace);
      }
    }
    if (foreign.size === before) return;
    matcher = { name: 'namespace', type: '!~', value: [...foreign].sort().map(literal).join('|') };
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
    learn(request.selectors, results);
    return results;
  };

  async function* readSlices(request: ReadRequest, signal?: AbortSignal) {
    if (!hasLookedAround) await read({ ...request, startMs: Math.max(request.startMs, request.endMs - LOOK_AROUND_MS) }, signal);
    for await (const slice of source.readSlices(narrow(request), signal)) {
      learn(request.selectors, slice.results);
      yield slice;
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
