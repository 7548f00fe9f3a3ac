import { type CommandEntry, runProgram } from './command-line/index.ts';
import type { FeatureCatalog } from './features/index.ts';

/** The features of an exporter configuration, for a replay of what an exporter would have read. */
const loadCatalog = async (path: string): Promise<FeatureCatalog> => {
  const { catalogOf, readConfig } = await import('./exporter/index.ts');
  return catalogOf((await readConfig(path, {})).features);
};

const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'exporter',
    summary: 'score the workloads of a Prometheus and expose anomaly_score',
    group: 'Watch:',
    load: async () => (await import('./exporter/main.ts')).exporterCommand(),
  },
  {
    name: 'exporter',
    summary: 'score the workloads of a Prometheus and expose the scores',
    group: 'Watch:',
    load: async () => (await import('./exporter/main.ts')).exporterCommand(),
  },
  {
    name: 'evaluate',
    summary: 'replay a recording and count hits and false alarms',
    group: 'Look back:',
    load: async () => {
      const [{ evaluateCommand }, { loadCatalog }] = await Promise.all([import('./evaluation/main.ts'), import('./exporter/index.ts')]);
      return evaluateCommand({ loadCatalog });
    },
  },
];

// `bellwether --help | head` closes the pipe early; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const code = await runProgram(COMMANDS, process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
}).catch(async (error: unknown) => {
  const { describeError, exitCodeOf } = await import('./platform/index.ts');
  process.stderr.write(`bellwether: ${describeError(error)}\n`);
  return exitCodeOf(error);
});
if (code !== undefined) process.exitCode = code;
