import type { Labels, Selector, SelectorResult } from '../conventions/index.ts';
import type { ReadRequest, ReadSlice, SeriesSource } from '../prometheus/index.ts';
import { createShard } from './shard.ts';
import { createShardedSource } from './sharded-source.ts';

const shard = createShard({ index: 0, shards: 2 });
const NAMES = Array.from({ length: 40 }, (_, i) => `ns-${i}`);
const OWN = NAMES.find((name) => shard.ownerOf(name) === 0)!;
const [FOREIGN, OTHER] = NAMES.filter((name) => shard.ownerOf(name) === 1) as [string, string];

const PODS: Selector = [{ name: '__name__', type: '=', value: 'cpu' }];
const OWNERS: Selector = [{ name: '__name__', type: '=', value: 'kube_pod_owner' }];
const NODES: Selector = [{ name: '__name__', type: '=', value: 'load' }];
const HOUR_MS = 3_600_000;

const resultOf = (selector: number, ...labels: readonly Labels[]): SelectorResult => ({
  selector,
  series: labels.map((each) => ({ labels: each, timesMs: Float64Array.of(1), values: Float64Array.of(1) })),
});

const setup = (results: readonly SelectorResult[]) => {
  const asked: ReadRequest[] = [];
  const base: SeriesSource = {
    read: async (request) => {
      asked.push(request);
      return results;
    },
    async *readSlices(request): AsyncGenerator<ReadSlice> {
      asked.push(request);
      yield { startMs: request.startMs, endMs: request.endMs, results };
    },
    rung: undefined,
    close: async () => undefined,
  };
  const source = createShardedSource(base, shard, new Set([PODS, OWNERS]));
  const request = { selectors: [PODS, OWNERS, NODES], startMs: 0, endMs: 24 * HOUR_MS };
  return { source, asked, request };
};
const leftOut = (value: string) => ({ name: 'namespace', type: '!~', value });

describe('createShardedSource', () => {
  it('leaves out namespaces of others once it has seen them, and never its own', async () => {
    const { source, asked, request } = setup([resultOf(0, { namespace: OWN }, { namespace: FOREIGN }, { namespace: OTHER })]);
    await source.read(request);
    await source.read(request);
    expect(asked[0]!.selectors[0]).toEqual(PODS);
    expect(asked[1]!.selectors[0]).toEqual([...PODS, leftOut([FOREIGN, OTHER].sort().join('|'))]);
  });

  it('gives only what is its own, also where it had to read more', async () => {
    const { source, request } = setup([
      resultOf(0, { namespace: OWN }, { namespace: FOREIGN }),
      resultOf(1, { namespace: FOREIGN, exported_namespace: OWN }, { namespace: OWN, exported_namespace: OTHER }),
      resultOf(2, { namespace: FOREIGN }),
    ]);
    const given = await source.read(request);
    expect(given.map(({ series }) => series.map(({ labels }) => labels.exported_namespace ?? labels.namespace))).toEqual([
      [OWN],
      [OWN],
      [FOREIGN],
    ]);
  });

  it('reads all nodes: the namespace of their series is that of what was scraped', async () => {
    const { source, asked, request } = setup([resultOf(0, { namespace: FOREIGN }), resultOf(2, { namespace: FOREIGN })]);
    await source.read(request);
    await source.read(request);
    expect(asked[1]!.selectors[2]).toEqual(NODES);
  });

  it('does not narrow a selector whose series carry the namespace of kube-state-metrics, but learns from it', async () => {
    const { source, asked, request } = setup([
      resultOf(0, { namespace: OWN }),
      resultOf(1, { namespace: FOREIGN, exported_namespace: OTHER }),
    ]);
    await source.read(request);
    await source.read(request);
    expect(asked[1]!.selectors[1]).toEqual(OWNERS);
    expect(asked[1]!.selectors[0]).toEqual([...PODS, leftOut(OTHER)]);
  });

  it('looks around before the first long read, and once', async () => {
    const { source, asked, request } = setup([resultOf(0, { namespace: FOREIGN })]);
    for await (const slice of source.readSlices(request)) expect(slice.endMs).toBe(request.endMs);
    for await (const slice of source.readSlices(request)) expect(slice.endMs).toBe(request.endMs);
    expect(asked.map(({ startMs }) => startMs)).toEqual([24 * HOUR_MS - 300_000, 0, 0]);
    expect(asked[1]!.selectors[0]).toEqual([...PODS, leftOut(FOREIGN)]);
  });

  it('takes a name for what it is, not for a regular expression', async () => {
    const odd = Array.from({ length: 20 }, (_, i) => `a.b(${i})`).find((name) => shard.ownerOf(name) === 1)!;
    const { source, asked, request } = setup([resultOf(0, { namespace: odd })]);
    await source.read(request);
    await source.read(request);
    const { value } = asked[1]!.selectors[0]!.at(-1)!;
    expect(new RegExp(`^(?:${value})$`).test(odd)).toBe(true);
    expect(new RegExp(`^(?:${value})$`).test(odd.replace('.', 'x'))).toBe(false);
  });
});
