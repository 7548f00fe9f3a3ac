import { ownsOf, shardOfFlags } from './shard-of-flags.ts';

const OUT = 'models/shard-{shard}';
const load = (shards: number, index?: number) => ({ loadConfig: async () => ({ sharding: { shards, index } }) });

describe('shardOfFlags', () => {
  afterEach(() => {
    delete process.env.JOB_COMPLETION_INDEX;
  });

  it('leaves a folder as it is where no shard is asked for', async () => {
    expect(await shardOfFlags(load(3), { out: 'models', config: 'e.yaml' })).toEqual({ out: 'models', shard: undefined });
    await expect(shardOfFlags({}, { out: 'models', shards: 2 })).rejects.toThrow(/\{shard\} in --out/);
  });

  it('takes the number of shards from the configuration, and which one from an Indexed Job', async () => {
    process.env.JOB_COMPLETION_INDEX = '2';
    const { out, shard } = await shardOfFlags(load(3), { out: OUT, config: 'e.yaml' });
    expect(out).toBe('models/shard-2');
    expect(shard?.place).toEqual({ index: 2, shards: 3 });
  });

  it('lets flags win over both', async () => {
    process.env.JOB_COMPLETION_INDEX = '2';
    const { shard } = await shardOfFlags(load(3, 1), { out: OUT, config: 'e.yaml', shards: 5, shard: 4 });
    expect(shard?.place).toEqual({ index: 4, shards: 5 });
  });

  it('is shard 0 where there is one exporter', async () => {
    expect((await shardOfFlags(load(1), { out: OUT, config: 'e.yaml' })).out).toBe('models/shard-0');
    expect((await shardOfFlags({}, { out: OUT })).shard?.place).toEqual({ index: 0, shards: 1 });
  });

  it.each([
    ['nothing says which one', {}],
    ['the number is beyond the last', { shard: 3 }],
  ])('refuses where %s', async (_, flags) => {
    await expect(shardOfFlags(load(3), { out: OUT, config: 'e.yaml', ...flags })).rejects.toThrow(
      '--shard must say which of 3 shards this is, from 0 to 2',
    );
  });
});

describe('ownsOf', () => {
  it('shares workloads and nodes among shards, each to one, and takes all without shards', async () => {
    const shards = await Promise.all([0, 1, 2].map(async (shard) => (await shardOfFlags({}, { out: OUT, shards: 3, shard })).shard));
    for (let i = 0; i < 30; i++) {
      for (const name of [
        { namespace: `team-${i}`, workload: 'web' },
        { namespace: '', workload: `node-${i}` },
      ])
        expect(shards.filter((shard) => ownsOf(shard)(name))).toHaveLength(1);
    }
    expect(ownsOf(undefined)({ namespace: 'a', workload: 'b' })).toBe(true);
  });
});
