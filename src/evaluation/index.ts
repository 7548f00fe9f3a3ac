export { type OpenMetricsReaderOptions, readOpenMetrics } from './open-metrics-reader.ts';
export type { FamilyType, RecordedFamily, RecordedSeries, Recording } from './recording.ts';
