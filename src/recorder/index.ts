export { type RecordedFiles, type RecorderDeps, type RecorderOptions, type RecorderProgress, record } from './recorder.ts';
