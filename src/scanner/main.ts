import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_LISTEN_ADDRESS } from '../conventions/index.ts';
import {
  BellwetherError,
  connectToCluster,
  createKubernetesClient,
  EXIT_CODES,
  readFile,
  runProcess,
  systemClock,
} from '../platform/index.ts';
import {
  createPolicyChooser,
  createPolicySet,
  DEFAULT_PROFILE,
  defaultAction,
  LATEST_PSS_MINOR,
  noSuchPolicy,
  type Policy,
  type PolicyConfig,
  PROFILES,
  type ProfileName,
  parseMinor,
  parsePolicyConfig,
  policyPack,
  type Selection,
} from '../policy/index.ts';
import { explainPolicy, listPolicies } from './command/explain.ts';
import { printResult } from './command/print-result.ts';
import { type PolicySource, readPolicySources, withOwnPolicies } from './command/read-policies.ts';
import { readConfig, readExceptions, readParams } from './command/settings.ts';
import { createStandardInput } from './command/standard-input.ts';
import { findFiles, STDIN } from './files/find-files.ts';
import { scanCluster } from './live/scan-cluster.ts';
import { FORMATS } from './output/formats.ts';
import { exitCodeOfReport, FAIL_ON, type FailOn, type Report } from './output/report.ts';
import { createScanPool } from './pool/scan-pool.ts';
import { scan } from './scan.ts';
import { createFileScanner } from './scan-file.ts';
import { serveScans } from './serve/serve.ts';
import { DEFAULT_LIMITS } from './yaml/read-documents.ts';

export { policiesCommand } from './policies-command.ts';

interface Flags {
  readonly format: string;
  readonly profile: ProfileName;
  readonly pssVersion: number;
  readonly kubernetesVersion?: number;
  readonly failOn: FailOn;
  readonly only?: readonly string[];
  readonly config?: string;
  readonly policies: readonly string[];
  readonly params?: string;
  readonly exceptions: readonly string[];
  readonly output?: string;
  readonly maxBytes: number;
  readonly jobs: number;
  readonly rendered?: boolean;
  readonly list?: boolean;
  readonly explain?: string;
  readonly live?: boolean;
  readonly namespace?: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly serve?: number;
  readonly host: string;
  readonly tokenFile?: string;
  readonly timeLimit: number;
}

// Larger than any bundle of manifests; more than this in one file is a mistake or an attack.
const DEFAULT_MAX_BYTES = 16 << 20;

// Uploads come from further away than files.
const DEFAULT_UPLOAD_BYTES = 8 << 20;

// A thread takes some 60 MB.
const MAX_JOBS = 64;

const list = (value: string, previous: readonly string[] = []): readonly string[] => [
  ...previous,
  ...value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
];
const collect = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value];
const version = (text: string): number => {
  const minor = parseMinor(text);
  if (minor === undefined) throw new InvalidArgumentError('It must be a version such as 1.30, or latest.');
  return minor;
};
const jobs = (text: string): number => {
  if (!/^\d{1,2}$/.test(text) || Number(text) < 1 || Number(text) > MAX_JOBS)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_JOBS}.`);
  return Number(text);
};
const bytes = (text: string): number => {
  if (!/^[1-9]\d{0,10}$/.test(text)) throw new InvalidArgumentError('It must be a number of bytes above 0.');
  return Number(text);
};
const port = (text: string): number => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('It must be a port.');
  return Number(text);
};
const seconds = (text: string): number => {
  if (!/^\d{1,3}$/.test(text) || Number(text) < 1 || Number(text) > 600)
    throw new InvalidArgumentError('It must be a whole number of seconds from 1 to 600.');
  return Number(text);
};

/** `bellwether scan`: the verdicts of the admission webhook on files. */
export const scanCommand = (): Command =>
  new Command('scan')
    .description('Judges Kubernetes manifests by policies, with line and column. Folders are searched for .yaml, .yml and .json.')
    .argument('[paths...]', 'files and folders; - is standard input')
    .addOption(new Option('--format <name>', 'of the result').choices(Object.keys(FORMATS)).default('text'))
    .addOption(new Option('--profile <name>', 'which policies').choices([...PROFILES]).default(DEFAULT_PROFILE))
    .option('--pss-version <version>', 'version of the Pod Security Standards', version, LATEST_PSS_MINOR)
    .option('--kubernetes-version <version>', 'version of the cluster, for removed and deprecated APIs', version)
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 for findings of this severity or above').choices([...FAIL_ON]).default('high'),
    )
    .option('--only <ids>', 'only these policies, whatever the profile', list)
    .option('--config <file>', 'YAML: profile, versions, actions, severities and params of policies, exceptions')
    .option(
      '--policies <path>',
      'more policies: our own form, ValidatingAdmissionPolicies, ValidatingPolicies of Kyverno; may be given several times',
      collect,
      [],
    )
    .option('--params <file>', 'YAML: policy id to its params')
    .option('--exceptions <file>', 'exceptions, each with an owner and a last day; may be given several times', collect, [])
    .option('--output <file>', 'write the result here instead of standard output')
    .option('--rendered', 'the input is what kustomize or Helm rendered: judge every document in it')
    .option('--jobs <number>', 'threads that scan files; more than one pays from some thousand objects in several files', jobs, 1)
    .option('--max-bytes <number>', 'refuse files above this size; with --serve uploads, 8 MiB unless given', bytes, DEFAULT_MAX_BYTES)
    .option('--live', 'judge the objects of a cluster instead of files')
    .option('--namespace <names>', 'with --live, only these namespaces; all but those of the system otherwise', list)
    .option('--kubeconfig <file>', 'with --live, how to reach the cluster')
    .option('--context <name>', 'with --live, context of the kubeconfig')
    .option('--serve <port>', 'judge what is uploaded over HTTP: POST /api/v1/scan, and a page at /; 0 takes any free port', port)
    .option('--host <address>', 'with --serve, address to listen on', DEFAULT_LISTEN_ADDRESS)
    .option('--token-file <file>', 'with --serve, the token that is asked for; needed on other addresses than 127.0.0.1')
    .option('--time-limit <seconds>', 'with --serve, for one upload', seconds, 30)
    .option('--list', 'print the policies, with --profile or --only those that are active')
    .option('--explain <id>', 'print what a policy is for, its params and examples')
    .addHelpText(
      'after',
      '\nExamples:\n  $ bellwether scan k8s/\n  $ helm template chart | bellwether scan --rendered -\n  $ bellwether scan --profile restricted --pss-version 1.30 --format sarif k8s/\n\nExit codes: 0 clean, 1 findings at or above --fail-on, 2 wrong command line, or something could not be read.',
    )
    .action(async (paths: readonly string[], flags: Flags, command: Command) => {
      let hasRun = false;
      await runProcess(async (signal) => {
        await run(paths, flags, command, signal);
        hasRun = true;
      });
      // 1 says that there are findings, so whatever went wrong is 2.
      if (!hasRun && process.exitCode !== EXIT_CODES.ok) process.exitCode = EXIT_CODES.usage;
    });

const run = async (paths: readonly string[], flags: Flags, command: Command, signal: AbortSignal): Promise<void> => {
  const sources = await readPolicySources(flags.policies);
  const pack = withOwnPolicies(policyPack(), sources);
  if (flags.explain !== undefined) return void process.stdout.write(explainPolicy(policyOf(pack, flags.explain)));
  if (flags.list) return void process.stdout.write(listPolicies(listed(pack, flags, command)));
  if (flags.serve !== undefined) return await runServer(flags.serve, pack, sources, paths, flags, command, signal);
  if (flags.live) return await runLive(pack, paths, flags, command, signal);
  if (paths.length === 0) throw new BellwetherError('invalid_input', 'nothing to scan: name files or folders, or - for standard input');
  await printReport(await makeReport(pack, sources, paths, flags, await readSettings(flags, command, ownOf(pack)), signal), flags);
};

const printReport = async (report: Report, flags: Flags): Promise<void> => {
  const text = FORMATS[flags.format]!(report, { color: flags.output === undefined && process.stdout.isTTY === true });
  await printResult(text, flags.output);
  process.exitCode = exitCodeOfReport(report);
};

/** `--live`: the same policies on what a cluster holds. */
const runLive = async (
  pack: readonly Policy[],
  paths: readonly string[],
  flags: Flags,
  command: Command,
  signal: AbortSignal,
): Promise<void> => {
  if (paths.length > 0) throw new BellwetherError('invalid_input', 'with --live no files are read: leave the paths out');
  const { selection, exceptions, podPaths, kubernetesMinor, namespaces, podSecurityLabels } = await readSettings(
    flags,
    command,
    ownOf(pack),
  );
  const { kubeconfig, context } = flags;
  const client = createKubernetesClient(
    await connectToCluster({ ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) }),
  );
  try {
    const policies = createPolicySet(pack, selection).policies.map(({ policy }) => policy);
    const result = await scanCluster(
      client,
      {
        chooser: createPolicyChooser(pack, { selection, rules: namespaces, podSecurityLabels }),
        policies: policies.length,
        exceptions,
        podPaths,
        ...(kubernetesMinor === undefined ? {} : { kubernetesMinor }),
        namespaces: flags.namespace ?? [],
        nowMs: systemClock.nowMs(),
      },
      signal,
    );
    const report = { ...result, profile: selection.profile, pssVersion: `1.${selection.pssMinor}`, failOn: flags.failOn, policies };
    await printReport(report, flags);
  } finally {
    await client.close();
  }
};

/** `--serve`: the same verdicts on uploads. */
const runServer = async (
  listenPort: number,
  pack: readonly Policy[],
  sources: readonly PolicySource[],
  paths: readonly string[],
  flags: Flags,
  command: Command,
  signal: AbortSignal,
): Promise<void> => {
  if (paths.length > 0 || flags.live)
    throw new BellwetherError('invalid_input', 'with --serve only uploads are judged: leave paths and --live out');
  const { selection, exceptions, podPaths, kubernetesMinor } = await readSettings(flags, command, ownOf(pack));
  // Fails here rather than in a thread where a param or an id is wrong.
  createPolicySet(pack, selection);
  const data = {
    sources,
    selection,
    exceptions,
    podPaths,
    failOn: flags.failOn,
    limits: DEFAULT_LIMITS,
    all: flags.rendered ?? false,
    maxBytes: command.getOptionValueSource('maxBytes') === 'default' ? DEFAULT_UPLOAD_BYTES : flags.maxBytes,
    ...(kubernetesMinor === undefined ? {} : { kubernetesMinor }),
  };
  const { host, jobs: threads, timeLimit, tokenFile } = flags;
  const options = { host, port: listenPort, threads, timeLimitMs: timeLimit * 1000, ...(tokenFile === undefined ? {} : { tokenFile }) };
  await serveScans(options, data, signal);
};

/** What is in force: the configuration file, and what the command line says on top of it. */
interface Settings extends Omit<PolicyConfig, 'selection'> {
  readonly selection: Selection & { readonly profile: ProfileName; readonly pssMinor: number };
}

const readSettings = async (flags: Flags, command: Command, own: readonly Policy[]): Promise<Settings> => {
  const nowMs = systemClock.nowMs();
  const config = flags.config === undefined ? parsePolicyConfig({}, 'configuration', nowMs) : await readConfig(flags.config, nowMs);
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) !== 'default';
  const params = flags.params === undefined ? {} : await readParams(flags.params);
  const exceptions = await Promise.all(flags.exceptions.map((path) => readExceptions(path, nowMs)));
  return {
    ...config,
    selection: {
      ...config.selection,
      profile: isGiven('profile') ? flags.profile : (config.selection.profile ?? flags.profile),
      pssMinor: isGiven('pssVersion') ? flags.pssVersion : (config.selection.pssMinor ?? flags.pssVersion),
      params: { ...config.selection.params, ...params },
      // Who brings a policy wants it, in whatever profile.
      actions: {
        ...Object.fromEntries(own.map(({ id, severity }) => [id, defaultAction('recommended', severity)])),
        ...config.selection.actions,
      },
      ...(flags.only ? { only: flags.only } : {}),
    },
    exceptions: [...config.exceptions, ...exceptions.flat()],
    kubernetesMinor: flags.kubernetesVersion ?? config.kubernetesMinor,
  };
};

const makeReport = async (
  pack: readonly Policy[],
  sources: readonly PolicySource[],
  paths: readonly string[],
  flags: Flags,
  { selection, exceptions, podPaths, kubernetesMinor }: Settings,
  signal: AbortSignal,
): Promise<Report> => {
  const policies = createPolicySet(pack, selection);
  const shared = {
    limits: DEFAULT_LIMITS,
    all: flags.rendered ?? false,
    podPaths,
    withPatches: flags.format === 'json',
    ...(kubernetesMinor === undefined ? {} : { kubernetesMinor }),
  };
  const standardInput = createStandardInput(flags.maxBytes);
  const deps = {
    clock: systemClock,
    findFiles: () => findFiles(paths),
    readFile: (path: string) => (path === STDIN ? standardInput() : readFile(path, { maxBytes: flags.maxBytes })),
  };
  const options = { ...shared, policies, exceptions };
  const pool =
    flags.jobs > 1
      ? createScanPool(flags.jobs, { ...shared, selection, sources, maxBytes: flags.maxBytes }, createFileScanner(deps, options, signal))
      : undefined;
  try {
    const result = await scan({ ...deps, ...(pool ? { pool } : {}) }, options, signal);
    const active = policies.policies.map(({ policy }) => policy);
    return { ...result, profile: selection.profile, pssVersion: `1.${selection.pssMinor}`, failOn: flags.failOn, policies: active };
  } finally {
    await pool?.close();
  }
};

const ownOf = (pack: readonly Policy[]): readonly Policy[] => pack.slice(policyPack().length);

const policyOf = (pack: readonly Policy[], id: string): Policy => {
  const policy = pack.find((candidate) => candidate.id === id);
  if (!policy)
    throw new BellwetherError(
      'invalid_input',
      noSuchPolicy(
        id,
        pack.map((candidate) => candidate.id),
      ),
    );
  return policy;
};

const listed = (pack: readonly Policy[], flags: Flags, command: Command): readonly Policy[] => {
  const isNarrowed = flags.only !== undefined || command.getOptionValueSource('profile') !== 'default';
  if (!isNarrowed) return pack;
  return createPolicySet(pack, {
    profile: flags.profile,
    pssMinor: flags.pssVersion,
    ...(flags.only ? { only: flags.only } : {}),
  }).policies.map(({ policy }) => policy);
};
