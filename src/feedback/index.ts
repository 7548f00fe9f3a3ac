export * from './adjustment.ts';
export * from './ledger.ts';
export * from './similarity.ts';
export * from './source.ts';
export * from './verdict.ts';
export * from './verdict-feed.ts';
export * from './weight-cap.ts';
export * from './word.ts';
