export * from './source.ts';
export * from './verdict.ts';
export * from './verdict-feed.ts';
export * from './word.ts';
