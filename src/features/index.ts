export * from './feature-extractor.ts';
