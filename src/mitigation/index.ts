export * from './back-end.ts';
export * from './back-ends/index.ts';
export * from './intent.ts';
export * from './labels.ts';
