export { embedWith, encoderTraining, fitEncoder, judgeEncoder } from './fit-encoder.ts';
export { trainingSeriesOf } from './training-series.ts';
