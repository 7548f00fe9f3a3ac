import type { KindClassifier } from '../../learning/index.ts';
import { BellwetherError } from '../../platform/index.ts';
import type { WorkloadSeries } from '../detectors/series-detector.ts';
import type { EventsFile } from '../events-file.ts';
import { entityId } from '../metrics/evaluation-set.ts';
import { type GivenKinds, giveKinds } from './judge-kinds.ts';
import { kindColumns, kindRows } from './kind-rows.ts';
import { labelFrames } from './label-frames.ts';

/** What a classifier says of a recording's frames. */
export interface FrameKinds {
  /** By entity, in the order of its frames. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** The frames that are judged: their true class and what was given. */
  readonly truth: Uint8Array;
  readonly given: GivenKinds;
}

export const kindsOfFrames = async (
  classifier: KindClassifier,
  series: readonly WorkloadSeries[],
  events: EventsFile,
): Promise<FrameKinds> => {
  const { classes, columns, metrics } = classifier.facts;
  if (kindColumns(metrics).join() !== columns.join())
    throw new BellwetherError(
      'conflict',
      `model ${classifier.version} was trained on other columns than this program makes: train it again`,
    );
  const names = new Map<string, string[]>();
  const truth: number[] = [];
  const judged: { classes: number[]; abnormal: number[] } = { classes: [], abnormal: [] };
  for (const each of series) {
    const given = await giveKinds(classifier, kindRows(each, metrics));
    const id = entityId(each.name);
    names.set(id, [...(names.get(id) ?? []), ...[...given.classes].map((k) => classes[k]!)]);
    const { labels, isEdge } = labelFrames(each, events, classes);
    for (const [i, label] of labels.entries()) {
      if (isEdge[i]) continue;
      truth.push(label);
      judged.classes.push(given.classes[i]!);
      judged.abnormal.push(given.abnormal[i]!);
    }
  }
  return {
    names,
    truth: Uint8Array.from(truth),
    given: { classes: Uint8Array.from(judged.classes), abnormal: Float64Array.from(judged.abnormal) },
  };
};
