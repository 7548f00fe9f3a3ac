import { type WorkloadFrame, workloadId } from '../../conventions/index.ts';
import { createFeatureExtractor } from '../../features/index.ts';
import { adjustmentOf } from '../../feedback/index.ts';
import { seededRandom } from '../../platform/index.ts';
import { createScorer } from '../../scoring/index.ts';
import type { EventsFile, LabelledEvent } from '../events-file.ts';
import { eventMargin } from '../metrics/entity-evaluation.ts';
import type { Recording } from '../recording.ts';
import { recordingFeatures } from '../replay/recording-features.ts';
import { replayRecording } from '../replay/replay-recording.ts';
import { nameOf } from '../replay/score-log.ts';
import { filterOf, idOf, MOST_VERDICTS, VERDICT_SETS, type VerdictSet, WRONG_SHARE, wordsFor } from './lesson-plan.ts';

const HOUR = 3600;
const DAY = 86_400;
/** Alarms per workload-day at which recordings are judged: at the shipped boundary there are too few to learn from. */
export const RAISED_BUDGET = 2;

/** Counts before and after the verdicts, on the time after each workload's last one. */
export interface RecordedSet {
  readonly set: VerdictSet;
  readonly workloads: number;
  readonly workloadDays: number;
  readonly falseAlarms: readonly [without: number, taught: number];
  readonly found: readonly [without: number, taught: number];
  readonly events: number;
}

export interface RecordedLearning {
  readonly name: string;
  /** Margin that stands for the boundary. */
  readonly threshold: number;
  readonly sets: readonly RecordedSet[];
}

interface Track {
  readonly times: number[];
  readonly margins: number[];
  readonly taught: number[][];
  readonly events: readonly LabelledEvent[];
  readonly verdictTimes: number[];
  open: number | undefined;
}

const framesOf = function* (recording: Recording, stepSeconds: number): Generator<readonly WorkloadFrame[]> {
  const stepMs = stepSeconds * 1000;
  const extractor = createFeatureExtractor(recordingFeatures(recording), { pace: 'samples', stepMs });
  yield* replayRecording(recording, extractor, { stepMs });
};

const near = (events: readonly LabelledEvent[], seconds: number, margin: number): LabelledEvent | undefined =>
  events.find(({ from, to }) => seconds >= from && seconds < to + margin);

const countHours = (times: readonly number[], isAlarm: (index: number) => boolean): number => {
  let [count, openUntil] = [0, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < times.length; i++) {
    if (!isAlarm(i) || times[i]! < openUntil) continue;
    count++;
    openUntil = times[i]! + HOUR;
  }
  return count;
};

const tracksOf = (events: EventsFile) => {
  const tracks = new Map<string, Track>();
  return {
    tracks,
    of: (key: WorkloadFrame['key']): Track => {
      const id = workloadId(key);
      let track = tracks.get(id);
      if (!track) {
        const name = nameOf(key);
        const own = events.events.filter(({ namespace, workload }) => namespace === name.namespace && workload === name.workload);
        track = { times: [], margins: [], taught: VERDICT_SETS.map(() => []), events: own, verdictTimes: [], open: undefined };
        tracks.set(id, track);
      }
      return track;
    },
  };
};

/** The margin at which all workloads together have the raised budget of false alarms. */
const findThreshold = (tracks: Iterable<Track>, stepSeconds: number): number => {
  const all = [...tracks];
  const days = all.reduce((sum, { times }) => sum + (times.length * stepSeconds) / DAY, 0);
  const margin = eventMargin(stepSeconds);
  let [low, high] = [0.05, 20];
  for (let i = 0; i < 24; i++) {
    const middle = Math.sqrt(low * high);
    const alarms = all.reduce(
      (sum, { times, margins, events }) => sum + countHours(times, (at) => margins[at]! >= middle && !near(events, times[at]!, margin)),
      0,
    );
    if (alarms <= RAISED_BUDGET * days) high = middle;
    else low = middle;
  }
  return high;
};

const countSet = (tracks: Iterable<Track>, set: VerdictSet, index: number, threshold: number, stepSeconds: number): RecordedSet => {
  const margin = eventMargin(stepSeconds);
  const total = { workloads: 0, workloadDays: 0, falseAlarms: [0, 0] as [number, number], found: [0, 0] as [number, number], events: 0 };
  for (const { times, margins, taught, events, verdictTimes } of tracks) {
    const given = verdictTimes[set.count - 1];
    if (given === undefined) continue;
    total.workloads++;
    total.workloadDays += (times.filter((seconds) => seconds > given).length * stepSeconds) / DAY;
    const later = events.filter(({ from }) => from > given);
    total.events += later.length;
    for (const [side, column] of [margins, taught[index]!].entries()) {
      const isAlarm = (at: number): boolean => times[at]! > given && column[at]! >= threshold;
      total.falseAlarms[side]! += countHours(times, (at) => isAlarm(at) && !near(events, times[at]!, margin));
      total.found[side]! += later.filter(({ from, to }) =>
        times.some((seconds, at) => seconds >= from && seconds < to && isAlarm(at)),
      ).length;
    }
  }
  return { set, ...total };
};

/** Teaches a scorer by the false alarms and true events of a recording in the order of time, and counts what comes after. */
export const learnFromRecording = (recording: Recording, events: EventsFile, seed: number): RecordedLearning => {
  const { stepSeconds } = events;
  const before = tracksOf(events);
  const plain = createScorer({ stepSeconds, bank: true, seed });
  for (const frames of framesOf(recording, stepSeconds)) {
    for (const score of plain.score(frames)) {
      if (!score.ready) continue;
      const track = before.of(score.key);
      track.times.push(score.timeMs / 1000);
      track.margins.push(score.margin);
    }
  }
  const threshold = findThreshold(before.tracks.values(), stepSeconds);
  const after = tracksOf(events);
  const scorer = createScorer({ stepSeconds, bank: true, seed, alternatives: [...VERDICT_SETS.map(filterOf), () => false] });
  const random = seededRandom(seed);
  const margin = eventMargin(stepSeconds);
  let place = 0;
  for (const frames of framesOf(recording, stepSeconds)) {
    for (const score of scorer.score(frames)) {
      if (!score.ready) continue;
      const track = after.of(score.key);
      const seconds = score.timeMs / 1000;
      const raw = score.alternatives!.at(-1)!.margin;
      track.times.push(seconds);
      track.margins.push(raw);
      for (const [i, column] of track.taught.entries()) column.push(score.alternatives![i]!.margin);
      if (track.open !== undefined && seconds >= track.open + HOUR && track.verdictTimes.length < MOST_VERDICTS) {
        const truth = near(track.events, track.open, margin) ? 'true' : 'false';
        if (truth === 'false') track.verdictTimes.push(seconds);
        const erring = random() < WRONG_SHARE;
        place++;
        for (const word of wordsFor(truth)) {
          const { namespace, workload, workloadKind, entity } = score.key;
          const adjustment = adjustmentOf({
            id: idOf({ count: Math.max(1, track.verdictTimes.length), truth, erring, word }, place),
            word,
            workload: { namespace, workload, workloadKind, ...(entity ? { entity } : {}) },
            fromSeconds: track.open,
            toSeconds: track.open + HOUR / 2,
            givenSeconds: seconds,
            expiresSeconds: null,
            by: 'recording',
            source: 'form',
            weight: 1,
          });
          scorer.teach(adjustment);
        }
        track.open = undefined;
      }
      if (track.open === undefined && raw >= threshold) track.open = seconds;
    }
  }
  return {
    name: events.name,
    threshold,
    sets: VERDICT_SETS.map((set, index) => countSet(after.tracks.values(), set, index, threshold, stepSeconds)),
  };
};
