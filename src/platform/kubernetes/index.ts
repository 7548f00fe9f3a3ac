export * from './api-error.ts';
export * from './cluster-connection.ts';
export * from './kubernetes-client.ts';
export * from './kubernetes-object.ts';
export * from './lease-election.ts';
export * from './object-mirror.ts';
export type { ResourceInfo } from './resource-paths.ts';
export type { WatchEvent } from './watch-stream.ts';
