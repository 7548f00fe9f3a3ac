export * from './api-client.ts';
export * from './api-types.ts';
export * from './silence-scope.ts';
export * from './webhook-payload.ts';
