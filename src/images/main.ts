import { Command, Option } from 'commander';
import { collect, list, wholeNumber } from '../command-line/index.ts';
import {
  BellwetherError,
  connectToCluster,
  createKubernetesClient,
  EXIT_CODES,
  readFile,
  runProcess,
  runProgram,
  toBellwetherError,
} from '../platform/index.ts';
import { type JsonRecord, recordOf, stringOf } from '../policy/index.ts';
import {
  createStandardInput,
  decodeText,
  FAIL_ON,
  type FailOn,
  findFiles,
  type ObjectReading,
  printResult,
  readCluster,
  readObjects,
  STDIN,
  SYSTEM_NAMESPACES,
} from '../scanner/index.ts';
import { joinReports, reaches } from './join.ts';
import { knownImageOf, vulnerabilityParams } from './knowledge.ts';
import { type ImageReport, parseTrivyReport } from './report.ts';
import { checkReference, scanImage } from './scan-image.ts';
import { imagesText } from './text.ts';
import { imageUses, POD_KINDS } from './workloads.ts';

interface Flags {
  readonly manifests: readonly string[];
  readonly live?: boolean;
  readonly namespace?: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly failOn: FailOn;
  readonly fixableOnly?: boolean;
  readonly worst: number;
  readonly format: 'text' | 'json' | 'params';
  readonly output?: string;
  readonly maxBytes: number;
}

interface ScanFlags extends Flags {
  readonly timeout: number;
}

// A report of an image with ten thousand findings and their descriptions comes to some 50 MB.
const DEFAULT_MAX_BYTES = 64 << 20;
const MOST_BYTES = 512 << 20;

type ReportReader = (signal: AbortSignal) => AsyncIterable<{ readonly name: string; readonly read: () => Promise<ImageReport> }>;

const HELP = `
Examples:
  $ trivy image --format json --output api.json registry.example.com/shop/api:1.4
  $ bellwether images import api.json --manifests k8s/
  $ bellwether images import *.json --live --fail-on critical --fixable-only
  $ bellwether images scan registry.example.com/shop/api:1.4

Exit codes: 0 done, 1 findings at or above --fail-on, 2 wrong command line, or something could not be read.`;

const withFlags = (command: Command): Command =>
  command
    .option(
      '--manifests <path>',
      'whose workloads use the images: a file or folder, - is standard input; may be given several times',
      collect,
      [],
    )
    .option('--live', 'whose workloads use the images: those of a cluster')
    .option('--namespace <names>', 'with --live, only these namespaces; all but those of the system otherwise', list)
    .option('--kubeconfig <file>', 'with --live, how to reach the cluster')
    .option('--context <name>', 'with --live, context of the kubeconfig')
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 for findings of this severity or above').choices([...FAIL_ON]).default('none'),
    )
    .option('--fixable-only', 'name, and fail on, only findings with a fixed version')
    .option('--worst <number>', 'findings named for each image', wholeNumber(0, 10_000), 5)
    .addOption(new Option('--format <name>', 'of the result').choices(['text', 'json', 'params']).default('text'))
    .option('--output <file>', 'write the result here instead of standard output')
    .option('--max-bytes <number>', 'refuse reports and manifests above this size', wholeNumber(1, MOST_BYTES), DEFAULT_MAX_BYTES)
    .addHelpText('after', HELP);

const run = async (reader: ReportReader, flags: Flags): Promise<void> => {
  let hasRun = false;
  await runProcess(async (signal) => {
    await report(reader, flags, signal);
    hasRun = true;
  });
  // 1 says that there are findings, so whatever went wrong is 2.
  if (!hasRun && process.exitCode !== EXIT_CODES.ok) process.exitCode = EXIT_CODES.usage;
};

const report = async (reader: ReportReader, flags: Flags, signal: AbortSignal): Promise<void> => {
  if (flags.live && flags.manifests.length > 0)
    throw new BellwetherError('invalid_input', '--live and --manifests exclude each other: workloads are those of files or of a cluster');
  const used = await readWorkloads(flags, signal);
  const reports: ImageReport[] = [];
  const errors = [...(used?.errors ?? [])];
  for await (const { name, read } of reader(signal)) {
    try {
      reports.push(await read());
    } catch (thrown) {
      const { code, message } = toBellwetherError(thrown);
      if (code === 'cancelled') throw thrown;
      errors.push({ file: name, message: message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message });
    }
  }
  const options = { worst: flags.worst, fixableOnly: flags.fixableOnly ?? false };
  const result = joinReports(reports, used && imageUses(used.objects), errors, options);
  const text: Readonly<Record<Flags['format'], () => string>> = {
    text: () => imagesText(result),
    json: () => `${JSON.stringify(result, null, 2)}\n`,
    params: () => `${JSON.stringify({ 'fixable-vulnerability': vulnerabilityParams(reports.map(knownImageOf)) }, null, 2)}\n`,
  };
  await printResult(text[flags.format](), flags.output);
  const fails = flags.failOn !== 'none' && reaches(result, flags.failOn, options.fixableOnly);
  process.exitCode = fails ? EXIT_CODES.failed : errors.length > 0 ? EXIT_CODES.usage : EXIT_CODES.ok;
};

/** The objects whose workloads count; undefined where none were asked for. */
const readWorkloads = async (flags: Flags, signal: AbortSignal): Promise<ObjectReading | undefined> => {
  if (flags.live) return await readLive(flags, signal);
  if (flags.manifests.length === 0) return undefined;
  const standardInput = createStandardInput(flags.maxBytes);
  const read = (path: string): Promise<Uint8Array> => (path === STDIN ? standardInput() : readFile(path, { maxBytes: flags.maxBytes }));
  return await readObjects({ findFiles: () => findFiles(flags.manifests), readFile: read }, signal);
};

const readLive = async ({ kubeconfig, context, namespace = [] }: Flags, signal: AbortSignal): Promise<ObjectReading> => {
  const client = createKubernetesClient(
    await connectToCluster({ ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) }),
  );
  try {
    const { objects, errors } = await readCluster(client, signal, POD_KINDS);
    const isWanted = (object: JsonRecord): boolean => {
      const own = stringOf(recordOf(object.metadata).namespace) ?? '';
      return namespace.length > 0 ? namespace.includes(own) : !SYSTEM_NAMESPACES.includes(own);
    };
    return { objects: objects.filter(isWanted), errors };
  } finally {
    await client.close();
  }
};

const importCommand = (): Command =>
  withFlags(new Command('import').description('Reads JSON reports of Trivy and says which workloads use the images.'))
    .argument('<reports...>', 'files that trivy image --format json wrote')
    .action((files: readonly string[], flags: Flags) =>
      run(async function* () {
        for (const name of new Set(files))
          yield { name, read: async () => parseTrivyReport(decodeText(await readFile(name, { maxBytes: flags.maxBytes })), name) };
      }, flags),
    );

const scanCommand = (): Command =>
  withFlags(new Command('scan').description('Runs the program trivy, where there is one on PATH, and does the same with its reports.'))
    .argument('<images...>', 'references of images')
    .option('--timeout <seconds>', 'for each image', wholeNumber(1, 3600), 600)
    .action((images: readonly string[], flags: ScanFlags) =>
      run(async function* (signal) {
        for (const image of images) checkReference(image);
        const options = { timeoutMs: flags.timeout * 1000, maxBytes: flags.maxBytes };
        for (const name of new Set(images)) yield { name, read: () => scanImage(runProgram, name, options, signal) };
      }, flags),
    );

/** `bellwether images`: what is known of images, joined to who uses them. */
export const imagesCommand = (): Command =>
  new Command('images')
    .description('Joins findings of Trivy to the workloads that use the images.')
    .addCommand(importCommand())
    .addCommand(scanCommand());
