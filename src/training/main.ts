import { Command, Option } from 'commander';
import { collect, wholeNumber } from '../command-line/index.ts';
import { BellwetherError, runProcess, systemClock, withFolderLock } from '../platform/index.ts';
import type { Shard } from '../sharding/index.ts';
import {
  DEFAULT_STEP_SECONDS,
  MAX_HOURS,
  type RecordServerDeps,
  type RecordServerFlags,
  recordServer,
  WEEK_HOURS,
} from './record-server.ts';
import { runTraining, type TrainingResult } from './run-training.ts';
import { addShardFlags, ownsOf, type ShardFlags, shardOfFlags } from './shard-of-flags.ts';
import { runSupervised } from './supervised/run-supervised.ts';
import { ENCODINGS, SAMPLINGS, type SupervisedSettings } from './supervised/settings.ts';
import type { TrainingFile } from './training-data.ts';

export { modelsCommand } from './models-command.ts';
export { retrainCommand } from './retrain/retrain-command.ts';

interface Flags extends RecordServerFlags, Pick<ShardFlags, 'shards' | 'shard'> {
  readonly from: readonly string[];
  readonly events?: readonly string[];
  readonly steps: number;
  readonly seed: number;
  readonly licence: string;
  readonly supervised?: boolean;
  readonly encoding?: SupervisedSettings['encoding'];
  readonly components?: number;
  readonly sampling?: SupervisedSettings['sampling'];
  readonly search?: boolean;
}

const DEFAULT_STEPS = 2000;
/** The word that stands for a server instead of a file. */
const PROMETHEUS = 'prometheus';

/** One run, told as text. */
const train = async (
  deps: RecordServerDeps,
  flags: Flags,
  shard: Shard | undefined,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<string> => {
  const isServer = flags.from.includes(PROMETHEUS);
  if (isServer && flags.from.length > 1)
    throw new BellwetherError('invalid_input', `--from ${PROMETHEUS} stands alone: give recordings, or a server`);
  const from = isServer ? [await recordServer(deps, flags, tell, signal, shard)] : flags.from;
  const options = { ...flags, files: filesOf({ ...flags, from }), ...(shard ? { owns: ownsOf(shard) } : {}) };
  if (!flags.supervised) return formatResult(await runTraining({ clock: systemClock, tell }, options, signal));
  const { version, verdict, text } = await runSupervised({ clock: systemClock, tell }, options, signal);
  return `${text}\nmodel ${version} ${verdict.isBetter ? 'promoted' : 'kept, not promoted'}: ${verdict.reason}\n`;
};

/** `bellwether train`: teaches the window encoder on recordings and promotes it where it is better than the one at work. */
export const trainCommand = (deps: RecordServerDeps = {}): Command =>
  addShardFlags(new Command('train'))
    .description(
      'Teaches the window encoder what usual windows look like, keeps it in a folder of models, and puts it to work where it is better than the one there. A run that was stopped is taken up where it was.',
    )
    .requiredOption(
      '--from <file>',
      'recording to learn from, OpenMetrics text, .om or .om.gz, may be given several times; or `prometheus`: the last hours of a server',
      collect,
    )
    .option('--prometheus <url>', 'server for `--from prometheus`, for example http://127.0.0.1:9090')
    .option('--config <file>', 'exporter configuration: its server, credentials and features')
    .option('--hours <number>', 'how much of the server to record, up to the last full hour', wholeNumber(1, MAX_HOURS), WEEK_HOURS)
    .option('--step <seconds>', 'distance of two instants of that recording', wholeNumber(1, 3600), DEFAULT_STEP_SECONDS)
    .option('--recorded-rules', "read the series of Bellwether's recording rules instead of the raw ones")
    .option('--bearer-token-file <file>', 'file with a token for the server')
    .option('--tenant <name>', 'sent as X-Scope-OrgID')
    .option('--events <file>', 'labelled events of the recording in the same place; their time is left out', collect)
    .requiredOption('--out <dir>', 'folder of models')
    .option('--steps <number>', 'steps of training', wholeNumber(1, 1_000_000), DEFAULT_STEPS)
    .option('--seed <number>', 'same data, steps and seed give the same model', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--supervised', 'learn the kinds of the labelled events instead; --events is needed')
    .addOption(new Option('--encoding <name>', 'with --supervised: values as they are, or their signed logarithms').choices(ENCODINGS))
    .option(
      '--components <number>',
      'with --supervised: learn from so many principal components; 0 = from the columns',
      wholeNumber(0, 1000),
    )
    .addOption(
      new Option('--sampling <name>', 'with --supervised: classes drawn equally often, cut to the rarest, or as they come').choices(
        SAMPLINGS,
      ),
    )
    .option('--search', 'with --supervised: choose these three on folds by time inside the learned rows')
    .option('--licence <text>', 'licence of the data, kept with the model', 'not stated')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, promoted or not; 1 failed; 2 wrong command line or input file. The result goes to standard output, progress to standard error.',
    )
    .action((flags: Flags) =>
      runProcess(async (signal) => {
        const tell = (line: string): void => void process.stderr.write(`${line}\n`);
        const { out, shard } = await shardOfFlags(deps, flags);
        if (shard && (flags.supervised || !flags.from.includes(PROMETHEUS)))
          throw new BellwetherError('invalid_input', `a folder for each shard goes with --from ${PROMETHEUS}, and without --supervised`);
        const text = await withFolderLock(out, () => train(deps, { ...flags, out }, shard, tell, signal));
        if (text === 'locked') throw new BellwetherError('conflict', `another process trains in ${out}`);
        process.stdout.write(text);
      }),
    );

const filesOf = ({ from, events = [] }: Flags): TrainingFile[] => {
  if (events.length > 0 && events.length !== from.length)
    throw new BellwetherError(
      'invalid_input',
      `--from is given ${from.length} times and --events ${events.length} times: give one for each, or none`,
    );
  return from.map((data, i) => ({ data, events: events[i] }));
};

const formatResult = ({ version, curve, verdict, isPromoted }: TrainingResult): string => {
  const points = curve.map(
    ({ step, loss, laterLoss, laterSeparation }) =>
      `${String(step).padStart(8)}  ${loss.toFixed(4)}  ${laterLoss.toFixed(4)}  ${(100 * laterSeparation).toFixed(1)} %`,
  );
  return `${['    step    loss   later  set apart', ...points].join('\n')}\nmodel ${version} ${isPromoted ? 'promoted' : 'kept, not promoted'}: ${verdict.reason}\n`;
};
