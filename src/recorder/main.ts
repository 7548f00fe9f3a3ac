import { Command, InvalidArgumentError, Option } from 'commander';
import {
  createHttpClient,
  createProgress,
  EXIT_CODES,
  type Progress,
  readFile,
  runProcess,
  systemClock,
  systemRandom,
  toBellwetherError,
} from '../platform/index.ts';
import { createPrometheusSource } from '../prometheus/index.ts';
import { NO_PHASES, type Phases, parsePhases } from './phases-file.ts';
import { type RecorderConfig, readingOf, sourceNameOf } from './reading.ts';
import { type RecorderProgress, record } from './recorder.ts';
import { formatTime, parseDuration, TIME_FORMS } from './utc-time.ts';

export interface RecordCommandDeps {
  /** Reads an exporter configuration; without it, `--config` is refused. */
  readonly loadConfig?: (path: string) => Promise<RecorderConfig>;
}

interface Flags {
  readonly prometheus?: string;
  readonly config?: string;
  readonly out: string;
  readonly name: string;
  readonly phases?: string;
  readonly from?: string;
  readonly to?: string;
  readonly step: number;
  readonly recordedRules?: boolean;
  readonly bearerTokenFile?: string;
  readonly tenant?: string;
  readonly restart?: boolean;
}

const MAX_PHASES_BYTES = 16 << 20;
// Merging a long recording takes a while after Ctrl-C.
const GRACE_MS = 600_000;
const STEP_MIN_MS = 1000;
const STEP_MAX_MS = 3_600_000;
// Part of file names.
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

const stepMs = (text: string): number => {
  const ms = parseDuration(text);
  if (ms === undefined || ms < STEP_MIN_MS || ms > STEP_MAX_MS)
    throw new InvalidArgumentError('It must be a duration from 1s to 1h, for example 30s.');
  return ms;
};
const fileName = (text: string): string => {
  if (!NAME.test(text)) throw new InvalidArgumentError('It must be letters, digits, dots, dashes and underscores.');
  return text;
};

/** `bellwether record`: a stretch of a Prometheus becomes a recording that `evaluate` and training read. */
export const recordCommand = (deps: RecordCommandDeps = {}): Command =>
  new Command('record')
    .description(
      'Records the features of all workloads over a stretch of time, live or past, as OpenMetrics text with labelled events. Run again, it continues where it was stopped.',
    )
    .option('--prometheus <url>', 'server to read from, for example http://127.0.0.1:9090')
    .option('--config <file>', 'exporter configuration: its server, credentials and features')
    .requiredOption('--out <dir>', 'folder for NAME.om.gz and NAME.events.json')
    .option('--name <name>', 'name of the recording', fileName, 'recording')
    .option('--phases <file>', 'what was done when: YAML or JSON list of start, end, namespace, workload, kind')
    .option('--from <time>', `begin: ${TIME_FORMS}; default: now`)
    .option('--to <time>', 'end; default: now where --from is past, else Ctrl-C')
    .addOption(new Option('--step <duration>', 'distance of two instants').argParser(stepMs).default(30_000, '30s'))
    .option('--recorded-rules', "read the series of Bellwether's recording rules instead of the raw ones")
    .option('--bearer-token-file <file>', 'file with a token for the server')
    .option('--tenant <name>', 'sent as X-Scope-OrgID')
    .option('--restart', 'throw away what is there under this name')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed or stopped (run the same command to continue), 2 wrong command line, file or server address.',
    )
    .action((flags: Flags) => runProcess((signal) => run(deps, flags, signal), { graceMs: GRACE_MS }));

const run = async (deps: RecordCommandDeps, flags: Flags, signal: AbortSignal): Promise<void> => {
  const phases = await readPhases(flags.phases);
  const { catalog, http, prometheus } = await readingOf(deps, flags);
  const client = createHttpClient(http);
  const source = createPrometheusSource({ http: client, clock: systemClock, random: systemRandom }, prometheus);
  const show = createReport();
  try {
    const options = {
      ...flags,
      outDir: flags.out,
      stepMs: flags.step,
      phases,
      restart: flags.restart ?? false,
      sourceName: sourceNameOf(prometheus.url),
    };
    const files = await record({ source, catalog, clock: systemClock, onProgress: show.update }, options, signal);
    show.stop();
    for (const warning of files.warnings) process.stderr.write(`warning: ${warning}\n`);
    process.stdout.write(
      `${files.dataPath}: ${files.samples} samples of ${files.series} series in ${files.families} families\n${files.eventsPath}: ${phases.phases.length} events\n`,
    );
  } catch (error) {
    // Being stopped is no failure of the process, but the files are not there: say so, also to scripts.
    if (!signal.aborted || toBellwetherError(error).code !== 'cancelled') throw error;
    process.stderr.write('stopped; the same command continues this recording\n');
    process.exitCode = EXIT_CODES.failed;
  } finally {
    show.stop();
    await source.close();
    await client.close();
  }
};

const readPhases = async (path: string | undefined): Promise<Phases> =>
  path === undefined ? NO_PHASES : parsePhases(new TextDecoder().decode(await readFile(path, { maxBytes: MAX_PHASES_BYTES })), path);

/** A bar where the end is known, else a line per window. */
const createReport = (): { update(progress: RecorderProgress): void; stop(): void } => {
  let bar: Progress | undefined;
  return {
    update: ({ fromMs, doneMs, toMs, resumed }) => {
      if (resumed) process.stderr.write(`continuing the recording from ${formatTime(fromMs)}: done up to ${formatTime(doneMs)}\n`);
      if (toMs === undefined) {
        process.stderr.write(
          doneMs > fromMs ? `recorded up to ${formatTime(doneMs)}\n` : `recording since ${formatTime(fromMs)}; Ctrl-C ends it\n`,
        );
        return;
      }
      bar ??= createProgress({ label: 'recording', total: toMs - fromMs });
      bar.update(doneMs - fromMs);
    },
    stop: () => bar?.stop(),
  };
};
