import { type CommandEntry, runProgram } from './command-line/index.ts';

const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'show the exporter at work on a simulated cluster',
    group: 'Watch:',
    load: async () => (await import('./demo/main.ts')).demoCommand(),
  },
  {
    name: 'exporter',
    summary: 'score the workloads of a Prometheus and expose anomaly_score',
    group: 'Watch:',
    load: async () => (await import('./exporter/main.ts')).exporterCommand(),
  },
  {
    name: 'lab',
    summary: 'run a drill in which things go wrong by a timetable',
    group: 'Watch:',
    load: async () => (await import('./lab/main.ts')).labCommand(),
  },
  {
    name: 'receiver',
    summary: 'keep alerts of Alertmanager, and verdicts on them',
    group: 'Watch:',
    load: async () => (await import('./receiver/main.ts')).receiverCommand(),
  },
  {
    name: 'collector',
    summary: 'bring runtime events of a node to the receiver',
    group: 'Watch:',
    load: async () => (await import('./collector/main.ts')).collectorCommand(),
  },
  {
    name: 'events',
    summary: 'show what processes do and what Kubernetes says, live or looking back',
    group: 'Watch:',
    load: async () => (await import('./runtime-events/main.ts')).eventsCommand(),
  },
  {
    name: 'notify',
    summary: 'try the channels through which the receiver tells of alerts',
    group: 'Watch:',
    load: async () => (await import('./receiver/main.ts')).notifyCommand(),
  },
  {
    name: 'store',
    summary: 'back up the store of a receiver, and check one',
    group: 'Watch:',
    load: async () => (await import('./receiver/main.ts')).storeCommand(),
  },
  {
    name: 'admission',
    summary: 'answer admission reviews by the policies',
    group: 'Guard:',
    load: async () => (await import('./admission/main.ts')).admissionCommand(),
  },
  {
    name: 'scan',
    summary: 'judge manifests by the policies, before they are applied',
    group: 'Guard:',
    load: async () => (await import('./scanner/main.ts')).scanCommand(),
  },
  {
    name: 'background-scan',
    summary: 'judge the live objects of a cluster, again and again',
    group: 'Guard:',
    load: async () => (await import('./background-scan/main.ts')).backgroundScanCommand(),
  },
  {
    name: 'images',
    summary: 'join findings of Trivy to the workloads that use the images',
    group: 'Guard:',
    load: async () => (await import('./images/main.ts')).imagesCommand(),
  },
  {
    name: 'policies',
    summary: 'export policies as ValidatingAdmissionPolicies',
    group: 'Guard:',
    load: async () => (await import('./scanner/main.ts')).policiesCommand(),
  },
  {
    name: 'unlock',
    summary: 'let every request pass the admission webhooks, in an emergency',
    group: 'Guard:',
    load: async () => (await import('./admission/main.ts')).unlockCommand(),
  },
  {
    name: 'runtime-policies',
    summary: 'watch, and once approved stop, what processes of a workload never do',
    group: 'Guard:',
    load: async () => (await import('./runtime-policies/main.ts')).runtimePoliciesCommand(),
  },
  {
    name: 'decoy',
    summary: 'a server that has nothing and tells who asks, and routes that lead to it',
    group: 'Guard:',
    load: async () => (await import('./decoy/main.ts')).decoyCommand(),
  },
  {
    name: 'mitigate',
    summary: 'limit the traffic that hurts a workload, for a while',
    group: 'Guard:',
    load: async () => (await import('./mitigate/main.ts')).mitigateCommand(),
  },
  {
    name: 'record',
    summary: 'keep a stretch of a Prometheus as a labelled recording',
    group: 'Look back:',
    load: async () => {
      const { recordCommand } = await import('./recorder/main.ts');
      return recordCommand({ loadConfig: async (path) => (await import('./exporter/index.ts')).loadReading(path) });
    },
  },
  {
    name: 'evaluate',
    summary: 'replay a recording and count hits and false alarms',
    group: 'Look back:',
    load: async () => {
      const { evaluateCommand } = await import('./evaluation/main.ts');
      return evaluateCommand({ loadCatalog: async (path) => (await import('./exporter/index.ts')).loadCatalog(path) });
    },
  },
  {
    name: 'train',
    summary: 'teach a model what usual windows look like, and promote it if it is better',
    group: 'Learn:',
    load: async () => {
      const { trainCommand } = await import('./training/main.ts');
      return trainCommand({ loadConfig: async (path) => (await import('./exporter/index.ts')).loadReading(path) });
    },
  },
  {
    name: 'flows',
    summary: 'learn what network flows look like, score them, recognise attacks',
    group: 'Learn:',
    load: async () => (await import('./flow-commands/main.ts')).flowsCommand(),
  },
  {
    name: 'verdicts',
    summary: 'show what scores learned from people, and take it back',
    group: 'Learn:',
    load: async () => (await import('./verdicts/main.ts')).verdictsCommand(),
  },
  {
    name: 'retrain',
    summary: 'try another model where verdicts ask for one; once a day at most',
    group: 'Learn:',
    load: async () => {
      const { retrainCommand } = await import('./training/main.ts');
      return retrainCommand({ loadConfig: async (path) => (await import('./exporter/index.ts')).loadReading(path) });
    },
  },
  {
    name: 'models',
    summary: 'list, show, promote and roll back trained models',
    group: 'Learn:',
    load: async () => (await import('./training/main.ts')).modelsCommand(),
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
