export * from './shard.ts';
export { createShardedSource } from './sharded-source.ts';
