import { createShard, ordinalOf } from './shard.ts';

const UNITS = Array.from({ length: 3000 }, (_, i) => `team-${i}`);
const ownersOf = (shards: number): readonly number[] => UNITS.map((unit) => createShard({ index: 0, shards }).ownerOf(unit));

describe('createShard', () => {
  it('gives every unit one owner, whichever shard is asked', () => {
    const shards = [0, 1, 2, 3].map((index) => createShard({ index, shards: 4 }));
    for (const unit of UNITS) expect(new Set(shards.map((shard) => shard.ownerOf(unit))).size).toBe(1);
    const key = { namespace: 'shop', workload: 'web', workloadKind: 'Deployment' };
    expect(shards.filter((shard) => shard.owns(key))).toHaveLength(1);
  });

  it('keeps the workloads of a namespace together, and spreads nodes by name', () => {
    const shard = createShard({ index: 0, shards: 5 });
    const inShop = ['a', 'b', 'c', 'd', 'e', 'f'].map((workload) =>
      shard.owns({ namespace: 'shop', workload, workloadKind: 'Deployment' }),
    );
    expect(new Set(inShop).size).toBe(1);
    const nodes = UNITS.map((workload) => shard.owns({ namespace: '', workload, workloadKind: 'Node' }));
    expect(new Set(nodes).size).toBe(2);
  });

  it('spreads units evenly', () => {
    const counts = [0, 1, 2, 3, 4].map((index) => ownersOf(5).filter((owner) => owner === index).length);
    // Five standard deviations of a binomial with 3,000 draws at 1/5.
    for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(110);
  });

  it('moves to a new shard only what it wins, and nothing between the others', () => {
    const [before, after] = [ownersOf(4), ownersOf(5)];
    const moved = UNITS.filter((_, i) => before[i] !== after[i]);
    expect(moved.every((unit) => after[UNITS.indexOf(unit)] === 4)).toBe(true);
    expect(Math.abs(moved.length - 600)).toBeLessThan(110);
  });

  it('lets a pod beyond the number of shards count on its own: what it will have, or had', () => {
    const [added, settled] = [createShard({ index: 3, shards: 3 }), createShard({ index: 3, shards: 4 })];
    expect(added.place).toEqual({ index: 3, shards: 4 });
    for (const unit of UNITS) expect(added.ownerOf(unit) === 3).toBe(settled.ownerOf(unit) === 3);
  });

  it('owns everything where it is alone', () => {
    expect(createShard({ index: 0, shards: 1 }).owns({ namespace: 'a', workload: 'b', workloadKind: 'c' })).toBe(true);
  });
});

describe('ordinalOf', () => {
  it.each([
    ['bellwether-exporter-0', 0],
    ['bellwether-exporter-12', 12],
    ['bellwether-exporter-7d9f8c6b5-x2x4z', undefined],
    ['', undefined],
  ])('reads %p as %p', (name, ordinal) => {
    expect(ordinalOf(name)).toBe(ordinal);
  });
});
