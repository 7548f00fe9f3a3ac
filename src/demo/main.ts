import { Command, InvalidArgumentError } from 'commander';
import { DEFAULT_LISTEN_ADDRESS, PORTS } from '../conventions/index.ts';
import { createLogger, runProcess, systemClock, systemRandom } from '../platform/index.ts';
import { createDemoApp, type DemoAddresses } from './app/demo-app.ts';
import { parseStoryEvent, STORYLINE, type StoryEvent } from './app/storyline.ts';
import { createTerminal } from './app/terminal.ts';
import { writeRecording } from './output/write-recording.ts';
import { SCENARIO_KINDS } from './simulator/scenarios.ts';

interface Flags {
  readonly seed: number;
  readonly speed: number;
  readonly workloads: number;
  readonly scenario?: readonly StoryEvent[];
  readonly listen: string;
  readonly scoresPort: number;
  readonly selfPort: number;
  readonly apiPort: number;
  readonly prometheusPort: number;
  readonly writeOpenmetrics?: string;
  readonly days: number;
  readonly raw?: boolean;
}

const numberFrom =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };
const portNumber = numberFrom(0, 65_535);

const collectStory = (text: string, previous: readonly StoryEvent[] = []): readonly StoryEvent[] => {
  const event = parseStoryEvent(text);
  if (!event) throw new InvalidArgumentError(`It must be NAME[:WORKLOAD][@SECONDS], NAME one of ${SCENARIO_KINDS.join(', ')}.`);
  return [...previous, event];
};

const welcome = ({ scores, self, api, prometheus }: DemoAddresses): string[] => [
  'Bellwether on a simulated cluster. Nothing here touches a real one.',
  '',
  `  page      ${api}/`,
  `  scores    curl ${scores}/metrics | grep ^anomaly_score`,
  `  why       curl ${api}/api/v1/workloads`,
  `  itself    curl ${self}/metrics`,
  `  cause it  curl -X POST '${prometheus}/scenario/exfiltration?workload=checkout'`,
  `  stop      Ctrl-C`,
  '',
];

/** How often the terminal is drawn. */
const DRAW_MS = 1000;

const run = async (flags: Flags, signal: AbortSignal): Promise<void> => {
  const terminal = createTerminal(process.stdout);
  const log = createLogger({ level: 'warn', name: 'demo' });
  terminal.say(['Simulating the last 24 hours of a cluster ...']);
  const app = createDemoApp(
    { clock: systemClock, random: systemRandom, log },
    { ...flags, host: flags.listen, story: flags.scenario ?? STORYLINE },
  );
  terminal.say(welcome(await app.start()));
  while (!signal.aborted) {
    terminal.show(app.tick());
    await systemClock.sleep(DRAW_MS, signal);
  }
  await app.stop();
};

/** Recordings begin on a Monday at midnight UTC, so that the same flags give the same bytes on every day. */
const RECORDING_START_MS = 1_767_571_200_000;
const STEP_MS = 30_000;

const write = async (dir: string, { seed, workloads, days, raw = false }: Flags): Promise<void> => {
  const {
    gauges,
    events,
    raw: rawPath,
  } = await writeRecording(dir, { seed, workloads, days, raw, stepMs: STEP_MS, startMs: RECORDING_START_MS });
  const lines = [
    `wrote ${gauges} and ${events}`,
    `  bellwether evaluate --data ${gauges} --events ${events}`,
    ...(rawPath
      ? [
          `wrote ${rawPath}`,
          `  gunzip -k ${rawPath} && promtool tsdb create-blocks-from openmetrics ${rawPath.replace(/\.gz$/, '')} DATA-DIR`,
        ]
      : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
};

const HELP = `
The demo's clock begins an hour ago and runs --speed times as fast until it has caught up with the wall clock; from then on it is
real time, with one scenario every quarter of an hour. Timestamps are never in the future.

Examples:
  $ bellwether demo
  $ bellwether demo --scenario miner@5 --scenario leak:checkout@20
  $ curl -X POST '127.0.0.1:9463/scenario/flood?workload=gateway'`;

/** `bellwether demo`: a simulated cluster and the exporter on top of it. */
export const demoCommand = (): Command =>
  new Command('demo')
    .description('Shows the exporter at work on a simulated cluster: no Prometheus, no Kubernetes needed.')
    .option('--seed <n>', 'cluster to simulate', numberFrom(0, 4_294_967_295), 7)
    .option('--speed <n>', 'times real time until it has caught up with the wall clock', numberFrom(1, 60), 20)
    .option('--workloads <n>', 'workloads in the cluster', numberFrom(3, 200), 12)
    .option('--scenario <name[:workload][@seconds]>', 'begin this instead of the built-in story; may be repeated', collectStory)
    .option('--listen <address>', 'address to listen on', DEFAULT_LISTEN_ADDRESS)
    .option('--scores-port <port>', 'scores for Prometheus', portNumber, PORTS.scores)
    .option('--self-port <port>', 'metrics of the exporter itself', portNumber, PORTS.exporterSelf)
    .option('--api-port <port>', 'page and API', portNumber, PORTS.exporterApi)
    .option('--prometheus-port <port>', 'the simulated Prometheus', portNumber, PORTS.demoPrometheus)
    .option('--write-openmetrics <dir>', 'no demo: write a labelled recording for evaluate into this folder')
    .option('--days <n>', 'days of the recording; the first is clean', numberFrom(1, 60), 2)
    .option('--raw', 'write the raw samples too, for promtool tsdb create-blocks-from openmetrics')
    .addHelpText('after', HELP)
    .action(async (flags: Flags) => {
      const { writeOpenmetrics } = flags;
      await runProcess((signal) => (writeOpenmetrics === undefined ? run(flags, signal) : write(writeOpenmetrics, flags)));
    });
