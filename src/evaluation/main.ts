import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { collect, list, wholeNumber } from '../command-line/index.ts';
import type { FeatureCatalog } from '../features/index.ts';
import {
  checkModel,
  createKindClassifier,
  createModelSession,
  findModel,
  KIND_CLASSIFIER,
  type KindClassifier,
  type OpenEncoder,
  openDefaultEncoder,
  openModelFolder,
  spawnSessionThread,
} from '../learning/index.ts';
import { BellwetherError, openWriteStream, runProcess, systemClock } from '../platform/index.ts';
import { DEFAULT_LEARNED } from '../scoring/index.ts';
import { chooseDetectors, DETECTOR_NAMES } from './detectors/choose-detectors.ts';
import { formatProof, formatRecorded } from './feedback/feedback-report.ts';
import { HELD_OUT_SEEDS, runFeedback, runRecordedFeedback } from './feedback/run-feedback.ts';
import { entityId } from './metrics/evaluation-set.ts';
import type { PairPaths } from './replay/read-pair.ts';
import type { LoggedEntity } from './replay/score-log.ts';
import { formatScores } from './replay/scores-csv.ts';
import { formatJson } from './report/json-report.ts';
import { formatReport } from './report/text-report.ts';
import { runEvaluation } from './run-evaluation.ts';

export interface EvaluateCommandDeps {
  /** The features that an exporter configuration describes; without it, `--config` is refused. */
  readonly loadCatalog?: (configPath: string) => Promise<FeatureCatalog>;
}

interface Flags {
  readonly data?: readonly string[];
  readonly events?: readonly string[];
  readonly feedback?: boolean;
  readonly seeds: readonly number[];
  readonly workloads: number;
  readonly config?: string;
  readonly kinds?: readonly string[];
  readonly cutNamespace?: boolean;
  readonly window?: number;
  readonly scoresOut?: string;
  readonly json?: string;
  readonly baselines: boolean;
  readonly bank: boolean;
  readonly detectors?: readonly string[];
  /** False = none, absent = the shipped one. */
  readonly model?: string | false;
  readonly seed: number;
}

/** A replay waits for each answer. */
const SESSION = { threads: 1, maxQueue: 2, timeoutMs: 120_000 } as const;

/** `bellwether evaluate`: replays recordings through the exporter's path and judges the scores against labelled events. */
export const evaluateCommand = (deps: EvaluateCommandDeps = {}): Command =>
  new Command('evaluate')
    .description(
      'Replays recordings through the path of the exporter, sample by sample, and counts hits and false alarms. Several --data/--events pairs are one set.',
    )
    .option('--data <file>', 'recording, OpenMetrics text, .om or .om.gz; may be given several times', collect)
    .option('--events <file>', 'labelled events (.events.json) of the recording in the same place', collect)
    .option('--feedback', 'judge what verdicts teach: on the recordings, or without --data on simulated workloads')
    .option('--seeds <list>', 'with --feedback: seeds of the simulated clusters, for example 1,2,3, or held-out', seedList, [1, 2, 3, 4])
    .option('--workloads <number>', 'with --feedback: workloads of a simulated cluster', wholeNumber(1, 100_000), 12)
    .option('--config <file>', 'exporter configuration: its selectors and entity instead of every gauge of the recording')
    .option('--kinds <list>', 'only events of these kinds count; the others are cut out, for example cpu,memory', list)
    .option('--cut-namespace', 'also cut out the time of events of other workloads in the same namespace')
    .option('--window <samples>', 'largest VUS-PR buffer; default: median event length, 4 to 100', wholeNumber(1, 10_000))
    .option('--scores-out <file>', 'write time,namespace,workload,score,ready,margin as CSV (.csv or .csv.gz)')
    .option('--json <file>', 'write all figures as JSON')
    .option('--no-baselines', 'leave out random, constant-on, online-z, adaptive-bands and knn')
    .option('--detectors <list>', `also judge these, fitted on each workload's past: all, or of ${DETECTOR_NAMES.join(', ')}`, list)
    .option(
      '--model <dir>',
      'a folder of models, or one model, instead of the encoder that comes with the program, which joins in from a step of a minute on',
    )
    .option('--no-model', 'score without a trained encoder, as an exporter with scoring.learned: off')
    .option('--no-bank', 'score without the kNN bank, as an exporter with scoring.bank off')
    .option('--seed <number>', 'seed of the bank, the baselines and the intervals', wholeNumber(0, 2 ** 32 - 1), 1)
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong command line or input file. The report goes to standard output, progress to standard error.',
    )
    .action((flags: Flags) => runProcess((signal) => run(deps, flags, signal)));

const seedList = (text: string): readonly number[] => (text === 'held-out' ? HELD_OUT_SEEDS : list(text).map(wholeNumber(0, 2 ** 31 - 1)));

const feedback = async (flags: Flags, signal: AbortSignal): Promise<void> => {
  if (flags.data || flags.events) {
    const learnings = await runRecordedFeedback(pairUp(flags), flags.seed, signal);
    if (flags.json !== undefined) await write(flags.json, [new TextEncoder().encode(JSON.stringify(learnings, null, 2))]);
    process.stdout.write(formatRecorded(learnings));
    return;
  }
  const proof = await runFeedback({ clock: systemClock }, flags, signal);
  if (flags.json !== undefined) await write(flags.json, [new TextEncoder().encode(JSON.stringify(proof, null, 2))]);
  process.stdout.write(formatProof(proof));
};

const run = async (deps: EvaluateCommandDeps, flags: Flags, signal: AbortSignal): Promise<void> => {
  if (flags.feedback) {
    await feedback(flags, signal);
    return;
  }
  if (!flags.data || !flags.events)
    throw new BellwetherError('invalid_input', '--data and --events must be given, or --feedback for simulated workloads');
  const pairs = pairUp(flags);
  const catalog = flags.config === undefined ? undefined : await loadCatalog(deps, flags.config);
  const logged: LoggedEntity[] = [];
  const kinds = new Map<string, readonly string[]>();
  const { detectors, close } = chooseDetectors(flags.detectors ?? [], systemClock);
  const { encoder, classifier, closeModels } = await openModels(flags.model);
  const evaluation = await runEvaluation(
    {
      clock: systemClock,
      detectors,
      encoder,
      classifier,
      onScored: async (_, { log, kinds: found }) => {
        logged.push(...log.entities());
        for (const [id, names] of found?.names ?? []) kinds.set(id, names);
      },
    },
    { ...flags, pairs, catalog, learned: typeof flags.model === 'string' ? 'on' : DEFAULT_LEARNED },
    signal,
  ).finally(() => Promise.all([close(), closeModels()]));
  if (flags.scoresOut !== undefined)
    await write(flags.scoresOut, formatScores(logged, classifier && ((name) => kinds.get(entityId(name)))));
  if (flags.json !== undefined) await write(flags.json, [new TextEncoder().encode(formatJson(evaluation))]);
  process.stdout.write(formatReport(evaluation));
};

interface OpenModels {
  readonly encoder?: OpenEncoder;
  readonly classifier?: KindClassifier;
  closeModels(): Promise<void>;
}

const openModels = async (wanted: string | false | undefined): Promise<OpenModels> => {
  const open = (model: Uint8Array) => createModelSession({ clock: systemClock, spawn: spawnSessionThread }, { model, ...SESSION });
  if (wanted === false) return { closeModels: async () => undefined };
  const built = wanted === undefined ? undefined : await findModel(wanted);
  if (built?.manifest.id !== KIND_CLASSIFIER) {
    const encoder =
      wanted === undefined
        ? await openDefaultEncoder(open)
        : await openModelFolder({ clock: systemClock, open, onChange: () => undefined }, { dir: wanted });
    return { encoder, closeModels: encoder.close };
  }
  // One that names kinds does not score: the shipped encoder does.
  checkModel(built, 'any');
  const session = await open(built.model);
  const encoder = await openDefaultEncoder(open);
  return {
    encoder,
    classifier: createKindClassifier(built.manifest, session),
    closeModels: async () => void (await Promise.all([session.close(), encoder.close()])),
  };
};

const pairUp = ({ data = [], events = [] }: Flags): PairPaths[] => {
  if (data.length !== events.length) {
    throw new BellwetherError(
      'invalid_input',
      `--data is given ${data.length} times and --events ${events.length} times, but they must come in pairs`,
    );
  }
  return data.map((path, i) => ({ data: path, events: events[i]! }));
};

const loadCatalog = async (deps: EvaluateCommandDeps, path: string): Promise<FeatureCatalog> => {
  if (!deps.loadCatalog) throw new BellwetherError('invalid_input', '--config is not supported here');
  return deps.loadCatalog(path);
};

const write = async (path: string, chunks: Iterable<Uint8Array>): Promise<void> =>
  pipeline(Readable.from(chunks), await openWriteStream(path));
