export * from './back-end.ts';
export * from './intent.ts';
export * from './labels.ts';
