export { type ReadingFlags, type RecorderConfig, readingOf, sourceNameOf } from './reading.ts';
export { type RecordedFiles, type RecorderDeps, type RecorderOptions, type RecorderProgress, record } from './recorder.ts';
