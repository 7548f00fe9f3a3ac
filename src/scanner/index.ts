export { FORMATS } from './output/formats.ts';
export { SCAN_OUTPUT_SCHEMA } from './output/json-schema.ts';
export type { Report } from './output/report.ts';
export * from './scan.ts';
export { DEFAULT_LIMITS, type DocumentLimits } from './yaml/read-documents.ts';
