import { Command } from 'commander';
import { wholeNumber } from '../../command-line/index.ts';
import { BellwetherError, createHttpClient, runProcess, systemClock, withFolderLock } from '../../platform/index.ts';
import {
  DEFAULT_STEP_SECONDS,
  MAX_HOURS,
  type RecordServerDeps,
  type RecordServerFlags,
  recordServer,
  WEEK_HOURS,
} from '../record-server.ts';
import { addShardFlags, ownsOf, type ShardFlags, shardOfFlags } from '../shard-of-flags.ts';
import { createModelParts, pruneRecordings } from './model-parts.ts';
import { readWordsOfFile, readWordsOfReceiver, type Words } from './read-words.ts';
import { type RetrainOutcome, runRetrain } from './run-retrain.ts';

interface Flags extends RecordServerFlags, Pick<ShardFlags, 'shards' | 'shard'> {
  readonly from?: string;
  readonly receiver?: string;
  readonly receiverTokenFile?: string;
  readonly receiverCaFile?: string;
  readonly verdicts?: string;
  readonly steps: number;
  readonly seed: number;
  readonly force?: boolean;
}

const DEFAULT_STEPS = 2000;

const HELP = `
Meant to be called every hour: it does nothing more often than once a day, and only where 20 new full verdicts, or a rise of false alarms, ask for it. A
challenger that loses a confirmed stretch, or repeats as many false alarms, is refused with the reason. One that is better runs in shadow for a day, and is
promoted by a later call. \`bellwether models rollback\` puts the model of before to work again.

Exit codes: 0 done, whatever came of it; 1 failed; 2 wrong command line or input file.`;

const wordsOf = async (flags: Flags, signal: AbortSignal): Promise<Words> => {
  const { receiver, verdicts, receiverTokenFile, receiverCaFile } = flags;
  if ((receiver === undefined) === (verdicts === undefined))
    throw new BellwetherError('invalid_input', 'give either --receiver URL or --verdicts FILE');
  if (verdicts !== undefined) return await readWordsOfFile(verdicts);
  const http = createHttpClient({
    ...(receiverTokenFile === undefined ? {} : { bearerTokenFile: receiverTokenFile }),
    ...(receiverCaFile === undefined ? {} : { tls: { caFile: receiverCaFile } }),
  });
  return await readWordsOfReceiver(http, receiver ?? '', systemClock.nowMs() / 1000, signal).finally(() => http.close());
};

const recordPast = (...args: Parameters<typeof recordServer>): Promise<string> =>
  recordServer(...args).finally(() => pruneRecordings(args[1].out));

/** Words about the workloads of one shard. */
const ownWords = ({ verdicts, masks }: Words, owns: ReturnType<typeof ownsOf>): Words => ({
  verdicts: verdicts.filter(({ workload }) => owns(workload)),
  masks: masks.filter(owns),
});

const TOLD: Readonly<Record<RetrainOutcome['did'], string>> = {
  nothing: 'nothing to do',
  shadow: 'runs in shadow from now on',
  refused: 'refused',
  promoted: 'promoted',
};

/** `bellwether retrain`: from verdicts to another model, one guarded step at a time. */
export const retrainCommand = (deps: RecordServerDeps = {}): Command =>
  addShardFlags(new Command('retrain'))
    .description(
      'Trains a challenger where verdicts ask for one, tries it on the past, lets it run in shadow, and promotes it where it is better.',
    )
    .requiredOption('--out <dir>', 'folder of models')
    .option('--receiver <url>', 'receiver whose verdicts count')
    .option('--receiver-token-file <file>', 'file with a token for it, of a role that may view')
    .option('--receiver-ca-file <file>', 'authorities for its certificate')
    .option('--verdicts <file>', 'verdicts in the form of the feed, instead of a receiver')
    .option('--prometheus <url>', 'server whose past is learned from, for example http://127.0.0.1:9090')
    .option('--config <file>', 'exporter configuration: its server, credentials and features')
    .option('--from <file>', 'a recording instead of a server, OpenMetrics text')
    .option('--hours <number>', 'how much of the past to record', wholeNumber(1, MAX_HOURS), WEEK_HOURS)
    .option('--step <seconds>', 'distance of two instants of the recording', wholeNumber(1, 3600), DEFAULT_STEP_SECONDS)
    .option('--recorded-rules', "read the series of Bellwether's recording rules instead of the raw ones")
    .option('--bearer-token-file <file>', 'file with a token for the server')
    .option('--tenant <name>', 'sent as X-Scope-OrgID')
    .option('--steps <number>', 'steps of training', wholeNumber(1, 1_000_000), DEFAULT_STEPS)
    .option('--seed <number>', 'same data, steps and seed give the same model', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--force', 'train now, whatever the verdicts ask for; the gate stays')
    .addHelpText('after', HELP)
    .action((flags: Flags) =>
      runProcess(async (signal) => {
        const tell = (line: string): void => void process.stderr.write(`${line}\n`);
        const { out, shard } = await shardOfFlags(deps, flags);
        if (shard && flags.from !== undefined)
          throw new BellwetherError('invalid_input', 'a folder for each shard goes with a server, not with --from');
        const owns = ownsOf(shard);
        const parts = createModelParts(
          { clock: systemClock, tell },
          { dir: out, stepSeconds: flags.step, steps: flags.steps, seed: flags.seed, licence: 'own cluster', owns },
          signal,
        );
        const outcome = await withFolderLock(out, () =>
          runRetrain(
            {
              clock: systemClock,
              tell,
              words: async () => ownWords(await wordsOf(flags, signal), owns),
              record: async () => flags.from ?? (await recordPast(deps, { ...flags, out }, tell, signal, shard)),
              ...parts,
            },
            { dir: out, force: flags.force === true },
          ),
        );
        // Called every hour: the next call finds the folder free.
        if (outcome === 'locked') return void process.stdout.write(`nothing to do: another process trains in ${out}\n`);
        const { did, version, reason } = outcome;
        process.stdout.write(`${version === undefined ? '' : `model ${version} `}${TOLD[did]}: ${reason}\n`);
      }),
    );
