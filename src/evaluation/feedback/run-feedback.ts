import { type Clock, createProgress } from '../../platform/index.ts';
import { type PairPaths, readPair } from '../replay/read-pair.ts';
import { type ClusterFigures, judgeCluster } from './cluster-figures.ts';
import { type LearningProof, proveLearning } from './learning-proof.ts';
import { learnFromRecording, type RecordedLearning } from './recording-feedback.ts';

export interface FeedbackRunOptions {
  readonly seeds: readonly number[];
  /** Workloads of a cluster that have a repeating benign job; a third as many more have a repeating faint fault. */
  readonly workloads: number;
}

/** Drawn once, after every constant of learning was fixed; nothing was tuned on them. */
export const HELD_OUT_SEEDS = Array.from({ length: 20 }, (_, i) => 7101 + i);

/** Five minutes: a month of a workload is a second of work. */
const STEP_SECONDS = 300;
/** Until ten verdicts are there, and the days after. */
const TEACHING_DAYS = 26;
const LATER_DAYS = 5;

/** Simulates clusters, teaches them and pools what came of it. Hears signals between two workloads. */
export const runFeedback = async (
  { clock, onCluster }: { readonly clock: Clock; readonly onCluster?: (figures: ClusterFigures) => void },
  { seeds, workloads }: FeedbackRunOptions,
  signal?: AbortSignal,
): Promise<LearningProof> => {
  const faintWorkloads = Math.ceil(workloads / 3);
  const perCluster = workloads + faintWorkloads;
  const progress = createProgress({ label: 'simulating', total: seeds.length * perCluster });
  const clusters: ClusterFigures[] = [];
  try {
    for (const [index, seed] of seeds.entries()) {
      const work = judgeCluster({
        seed,
        jobWorkloads: workloads,
        faintWorkloads,
        stepSeconds: STEP_SECONDS,
        teachingDays: TEACHING_DAYS,
        laterDays: LATER_DAYS,
      });
      let step = work.next();
      while (!step.done) {
        progress.update(index * perCluster + step.value);
        await clock.sleep(0);
        signal?.throwIfAborted();
        step = work.next();
      }
      clusters.push(step.value);
      onCluster?.(step.value);
    }
    return proveLearning(clusters);
  } finally {
    progress.stop();
  }
};

/** The same question to recordings. One recording is in memory at a time. */
export const runRecordedFeedback = async (pairs: readonly PairPaths[], seed: number, signal?: AbortSignal): Promise<RecordedLearning[]> => {
  const learnings: RecordedLearning[] = [];
  for (const paths of pairs) {
    signal?.throwIfAborted();
    const { recording, events } = await readPair(paths);
    learnings.push(learnFromRecording(recording, events, seed));
  }
  return learnings;
};
