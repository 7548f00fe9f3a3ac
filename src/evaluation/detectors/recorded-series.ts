import { createFeatureExtractor } from '../../features/index.ts';
import type { Recording } from '../recording.ts';
import { recordingFeatures } from '../replay/recording-features.ts';
import { replayRecording } from '../replay/replay-recording.ts';
import { createSeriesCollector, type WorkloadSeries } from './series-detector.ts';

/** The workloads of a recording as series, made on the exporter's path: every gauge family is a feature of its workload. */
export const recordedSeries = (recording: Recording, stepSeconds: number): WorkloadSeries[] => {
  const stepMs = stepSeconds * 1000;
  const extractor = createFeatureExtractor(recordingFeatures(recording), { pace: 'samples', stepMs });
  const collector = createSeriesCollector();
  for (const frames of replayRecording(recording, extractor, { stepMs })) collector.add(frames);
  return collector.series();
};
