export * from './dial.ts';
export * from './gateway-routes.ts';
export * from './ingresses.ts';
export * from './instances.ts';
export * from './workload-pods.ts';
