import { createHash } from 'node:crypto';
import { formatKinds, formatVerdict, type KindFigures } from '../../evaluation/index.ts';
import {
  addModel,
  type BuiltModel,
  buildClassifier,
  checkModel,
  createModelSession,
  currentVersion,
  hashModel,
  KIND_CLASSIFIER,
  type ModelSession,
  promoteModel,
  readModel,
  readRegistry,
  spawnSessionThread,
} from '../../learning/index.ts';
import { BellwetherError, type Clock, writeFileAtomic } from '../../platform/index.ts';
import type { Verdict } from '../gate.ts';
import { reportPage } from '../report/report-html.ts';
import type { TrainingOptions } from '../run-training.ts';
import { readTrainingData, type TrainingData } from '../training-data.ts';
import { PART } from './block-split.ts';
import { classifierTraining, factsOf, fitClassifier, rowsOfPart } from './fit-classifier.ts';
import { auditRows, judgeClassifier } from './judge-classifier.ts';
import { type LabelledRows, labelledRows } from './labelled-rows.ts';
import { searchSettings, type TriedSettings } from './search-settings.ts';
import { DEFAULT_SETTINGS, type SupervisedSettings, stepsOf } from './settings.ts';

const SESSION = { threads: 1, maxQueue: 2, timeoutMs: 120_000 } as const;
const VERSION_DIGITS = 12;
/** Fewer judge nothing. */
const LEAST_JUDGED = 20;

const withSession = async <T>(clock: Clock, model: Uint8Array, work: (session: ModelSession) => Promise<T>): Promise<T> => {
  const session = await createModelSession({ clock, spawn: spawnSessionThread }, { model, ...SESSION });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
};

export interface SupervisedResult {
  readonly version: string;
  readonly figures: KindFigures;
  readonly verdict: Verdict;
  /** The report for people: figures, their limits, and the audit's verdict. */
  readonly text: string;
}

const prepare = async (options: TrainingOptions): Promise<{ readonly data: TrainingData; readonly rows: LabelledRows }> => {
  const data = await readTrainingData(options.files, { keepSeries: true });
  const rows = labelledRows(data.labelled);
  if (rows.classes.length < 2) throw new BellwetherError('invalid_input', 'learning with labels needs --events with at least one event');
  const judged = rowsOfPart(rows, PART.judged).length;
  if (judged < LEAST_JUDGED)
    throw new BellwetherError('invalid_input', `only ${judged} frames are left to judge by, ${LEAST_JUDGED} are needed`);
  return { data, rows };
};

/** The classifier at work in the folder. Rejects with `conflict` where another kind of model is. */
const championOf = async (dir: string): Promise<BuiltModel | undefined> => {
  const version = currentVersion(await readRegistry(dir));
  if (version === undefined) return undefined;
  const built = await readModel(dir, version);
  checkModel(built, 'any');
  if (built.manifest.id !== KIND_CLASSIFIER)
    throw new BellwetherError('conflict', `${dir} holds ${built.manifest.id} models: give classifiers a folder of their own`);
  return built;
};

/** Whether columns and classes are the same, so that both can be judged on the same rows. */
const isComparable = ({ manifest }: BuiltModel, { columns, classes }: LabelledRows): boolean =>
  JSON.stringify([manifest.classifier?.columns, manifest.classifier?.classes]) === JSON.stringify([columns, classes]);

const compare = (own: KindFigures, before: KindFigures | undefined): Verdict => {
  const [mine, theirs] = [own.macro.f1 ?? 0, before?.macro.f1];
  if (theirs === undefined) return { isBetter: true, reason: `macro F1 ${mine.toFixed(3)}; no model before it can be compared` };
  const isBetter = mine > theirs;
  return {
    isBetter,
    reason: `macro F1 ${mine.toFixed(3)}, the current one ${theirs.toFixed(3)} on the same rows: ${isBetter ? 'better' : 'not better'}`,
  };
};

const chosenOf = ({ encoding, components, sampling }: Partial<SupervisedSettings>): Partial<SupervisedSettings> => ({
  ...(encoding ? { encoding } : {}),
  ...(components === undefined ? {} : { components }),
  ...(sampling ? { sampling } : {}),
});

const formatTried = (tried: readonly TriedSettings[]): string =>
  ['tried on folds by time, macro F1:', ...tried.map((each) => `  ${each.macroF1.toFixed(3)}  ${stepsOf(each).join(', ')}`)].join('\n');

/**
 * Learns from labelled events which kind a frame is of, judges on later blocks of time, keeps the model and promotes it where it is better than the
 * one at work. The same data, steps and seed give the same model.
 */
export const runSupervised = async (
  { clock, tell }: { readonly clock: Clock; readonly tell: (line: string) => void },
  options: TrainingOptions & Partial<SupervisedSettings> & { readonly search?: boolean | undefined },
  signal?: AbortSignal,
): Promise<SupervisedResult> => {
  const champion = await championOf(options.out);
  const { data, rows } = await prepare(options);
  const learned = rowsOfPart(rows, PART.learned).length;
  tell(`${learned} frames to learn from, ${rowsOfPart(rows, PART.judged).length} to judge by, classes ${rows.classes.join(', ')}`);
  const tried = options.search
    ? await searchSettings(rows, { ...options, signal, withSession: (model, work) => withSession(clock, model, work) })
    : [];
  const settings: SupervisedSettings = { ...DEFAULT_SETTINGS, ...chosenOf(options), ...tried[0] };
  if (options.search) tell(tried.length === 0 ? 'too few rows to search on folds by time: settings are kept' : formatTried(tried));
  const facts = factsOf(rows, settings);
  const graph = classifierTraining(facts);
  const { weights, curve } = await withSession(clock, graph.model, (session) =>
    fitClassifier(session, graph, rows, facts, { ...options, sampling: settings.sampling, signal }),
  );

  const { licence, seed, steps } = options;
  const training = { dataSha256: data.sha256, licence, windows: learned, seed, steps };
  const unnamed = buildClassifier(weights, 'unnamed', facts, { ...training, metrics: { loss: curve.at(-1)?.loss ?? 0 } });
  const version = hashModel(unnamed.model).slice(0, VERSION_DIGITS);
  const built = { ...unnamed, manifest: { ...unnamed.manifest, version } };
  const judge = (model: BuiltModel): Promise<KindFigures> =>
    withSession(clock, model.model, (session) => judgeClassifier(session, model, rows, seed));
  const figures = await judge(built);
  const before = champion && isComparable(champion, rows) ? await judge(champion) : undefined;
  const verdict = compare(figures, before);
  await addModel(options.out, built, clock.nowMs());
  if (verdict.isBetter) await promoteModel(options.out, version, { action: 'promote', reason: verdict.reason, nowMs: clock.nowMs() });

  const audited = auditRows(rows);
  const key = createHash('sha256')
    .update(JSON.stringify(['supervised', data.sha256, steps, seed, settings]))
    .digest('hex');
  const write = (name: string, text: string): Promise<void> =>
    writeFileAtomic(`${options.out}/runs/${key.slice(0, 16)}/${name}`, [new TextEncoder().encode(text)]);
  await write('report.html', reportPage(data.reports));
  await write('report.json', `${JSON.stringify(data.reports)}\n`);
  const { cutInside } = rows;
  const record = {
    version,
    ...training,
    files: options.files,
    transforms: stepsOf(settings),
    tried,
    curve,
    figures,
    audit: audited,
    cutInside,
    verdict,
  };
  await write('run.json', `${JSON.stringify(record, undefined, 2)}\n`);
  const limits =
    cutInside.length > 0
      ? `Learned from and judged in one stretch of time in at least one workload, which another day would not be as kind to: ${cutInside.join(', ')}`
      : 'Every class is judged on stretches that were not learned from';
  return { version, figures, verdict, text: [formatKinds(figures), limits, formatVerdict(audited)].join('\n') };
};
