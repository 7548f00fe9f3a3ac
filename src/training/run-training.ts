import { createHash } from 'node:crypto';
import { formatVerdict } from '../evaluation/index.ts';
import {
  addModel,
  buildEncoder,
  checkModel,
  createModelSession,
  createWindowEncoder,
  currentVersion,
  ENCODER,
  hashModel,
  type ModelSession,
  promoteModel,
  readModel,
  readRegistry,
  spawnSessionThread,
} from '../learning/index.ts';
import { BellwetherError, type Clock, createProgress, writeFileAtomic } from '../platform/index.ts';
import { readFitState, writeFitState } from './checkpoint.ts';
import { type CurvePoint, embedWith, encoderTraining, fitEncoder, type Judgement, judgeEncoder } from './fit-encoder.ts';
import { compareModels, type Verdict } from './gate.ts';
import { reportPage } from './report/report-html.ts';
import { openStages } from './stages.ts';
import { type ReadOptions, readTrainingData, type TrainingData, type TrainingFile } from './training-data.ts';

export interface TrainingOptions {
  readonly files: readonly TrainingFile[];
  /** Folder of the registry. */
  readonly out: string;
  readonly steps: number;
  readonly seed: number;
  /** Of the data. */
  readonly licence: string;
  /** Keep it without putting it to work: somebody else judges. */
  readonly keepOnly?: boolean;
  /** The workloads to learn from; all of them where absent. */
  readonly owns?: ReadOptions['owns'];
}

export interface TrainingDeps {
  readonly clock: Clock;
  /** Told what happens, one line each. */
  readonly tell: (line: string) => void;
}

export interface TrainingResult {
  readonly version: string;
  readonly curve: readonly CurvePoint[];
  readonly verdict: Verdict;
  readonly isPromoted: boolean;
}

/** A change of the network, the triplets or the optimiser makes old states useless: raise it then. */
const RECIPE = 1;
/** 4,096 triplets: a difference of one in a hundred is beyond chance. */
const GATE_BATCHES = 32;
const SESSION = { threads: 1, maxQueue: 2, timeoutMs: 120_000 } as const;
const VERSION_DIGITS = 12;

const runKey = (data: TrainingData, { steps, seed }: TrainingOptions): string =>
  createHash('sha256')
    .update(JSON.stringify([RECIPE, data.sha256, steps, seed]))
    .digest('hex')
    .slice(0, 16);

const withSession = async <T>(clock: Clock, model: Uint8Array, work: (session: ModelSession) => Promise<T>): Promise<T> => {
  const session = await createModelSession({ clock, spawn: spawnSessionThread }, { model, ...SESSION });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
};

/** The weights after all steps, taken up where an earlier run with the same data and options was stopped. */
const fitOrResume = async (
  deps: TrainingDeps,
  options: TrainingOptions,
  data: TrainingData,
  folder: string,
  mayResume: boolean,
  signal?: AbortSignal,
) => {
  const path = `${folder}/state.bin`;
  const from = mayResume ? await readFitState(path) : undefined;
  if (from) deps.tell(`taken up after step ${from.trainer.step} of ${options.steps}`);
  const graph = encoderTraining();
  const progress = createProgress({ label: 'training', total: options.steps });
  try {
    return await withSession(deps.clock, graph.model, (session) =>
      fitEncoder(session, graph, data.series, {
        ...options,
        from,
        signal,
        onPoint: async (state) => {
          progress.update(state.trainer.step);
          await writeFitState(path, state);
        },
      }),
    );
  } finally {
    progress.stop();
  }
};

const judge = (clock: Clock, built: Parameters<typeof checkModel>[0], data: TrainingData): Promise<Judgement> => {
  checkModel(built, 'any');
  return withSession(clock, built.model, (session) =>
    judgeEncoder(embedWith(createWindowEncoder(built.manifest, session)), data.series, GATE_BATCHES),
  );
};

/** Whoever serves a folder expects one kind of model in it. */
const refuseOtherModels = async (dir: string): Promise<void> => {
  const version = currentVersion(await readRegistry(dir));
  const id = version === undefined ? ENCODER.id : (await readModel(dir, version)).manifest.id;
  if (id !== ENCODER.id) throw new BellwetherError('conflict', `${dir} holds ${id} models: give encoders a folder of their own`);
};

/** Written before anything is learned, so that it is there to be read meanwhile. */
const writeReports = async (folder: string, { reports }: TrainingData): Promise<void> => {
  const text = (content: string): Uint8Array[] => [new TextEncoder().encode(content)];
  await writeFileAtomic(`${folder}/report.json`, text(`${JSON.stringify(reports)}\n`));
  await writeFileAtomic(`${folder}/report.html`, text(reportPage(reports)));
};

/** Reads, reports, fits, judges, keeps, and promotes where the model is better than the one at work. Killed at any point, the next call goes on and ends at the same model. */
export const runTraining = async (deps: TrainingDeps, options: TrainingOptions, signal?: AbortSignal): Promise<TrainingResult> => {
  const { clock, tell } = deps;
  await refuseOtherModels(options.out);
  const data = await readTrainingData(options.files, { owns: options.owns });
  tell(
    `${data.workloads} workloads, ${data.series.length} metrics, ${data.learned} windows to learn from, ${data.later} later ones to judge by, sha256 ${data.sha256.slice(0, 16)}`,
  );
  const folder = `${options.out}/runs/${runKey(data, options)}`;
  const stages = await openStages(folder, tell);
  await stages.finish('ingest', data.samples, [data.sha256]);
  await writeReports(folder, data);
  await stages.finish('report', data.reports.length, [JSON.stringify(data.reports)]);
  const { series } = data;
  const isSameSplit = await stages.finish(
    'split',
    data.learned + data.later,
    series.flatMap(({ learned, later }) => [learned, later]),
  );
  const isSameInput = await stages.finish(
    'features',
    series.reduce((sum, { metric }) => sum + metric.deviations.length, 0),
    series.flatMap(({ metric }) => [metric.deviations, metric.ratios]),
  );
  tell(`what the data are like: ${folder}/report.html`);
  for (const { file, audit } of data.reports) if (audit) tell(`${file}: ${formatVerdict(audit)}`);
  // A state that was fitted on other rows, by an older program, must not be taken up.
  const { trainer, curve } = await fitOrResume(deps, options, data, folder, isSameSplit && isSameInput, signal);
  await stages.finish('fit', trainer.step, [trainer.weights]);
  signal?.throwIfAborted();

  const training = { dataSha256: data.sha256, licence: options.licence, windows: data.learned, seed: options.seed, steps: options.steps };
  const last = curve.at(-1);
  const metrics = last ? { loss: last.loss, laterLoss: last.laterLoss, laterSeparation: last.laterSeparation } : {};
  const unnamed = buildEncoder(trainer.weights, 'unnamed', { ...training, metrics });
  const version = hashModel(unnamed.model).slice(0, VERSION_DIGITS);
  const built = { ...unnamed, manifest: { ...unnamed.manifest, version } };

  const current = currentVersion(await readRegistry(options.out));
  const challenger = await judge(clock, built, data);
  await stages.finish('evaluate', challenger.hits.length, [challenger.hits]);
  const champion =
    current === undefined || current === version ? undefined : await judge(clock, await readModel(options.out, current), data);
  const verdict: Verdict =
    current === version ? { isBetter: false, reason: 'the same model is already at work' } : compareModels(challenger, champion);
  await addModel(options.out, built, clock.nowMs());
  const isPromoted = verdict.isBetter && options.keepOnly !== true;
  if (isPromoted) await promoteModel(options.out, version, { action: 'promote', reason: verdict.reason, nowMs: clock.nowMs() });
  await stages.finish('register', 1, [version]);
  const audits = data.reports.flatMap(({ file, audit }) => (audit ? [{ file, ...audit }] : []));
  const record = { version, recipe: RECIPE, stages: stages.done, ...training, files: options.files, curve, audits, verdict };
  await writeFileAtomic(`${folder}/run.json`, [new TextEncoder().encode(`${JSON.stringify(record, undefined, 2)}\n`)]);
  return { version, curve, verdict, isPromoted };
};
