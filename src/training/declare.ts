import { type AlertDeclaration, type ModuleDeclaration, PORTS } from '../conventions/index.ts';

const MODELS = '/var/lib/bellwether-models';
/** One for each shard of the exporters; a single exporter is shard 0. */
const FOLDER = `${MODELS}/shard-{shard}`;
const EXPORTER = 'exporter';
const DAY = 86_400;
/** A training comes at most once a day, and its trial takes another one. */
const STALE_DAYS = 2;

/** What the options say of training in the cluster. */
export interface TrainingPlan {
  /** How often it is looked whether verdicts ask for another model, as a schedule of a CronJob. */
  readonly schedule: string;
  /** Of the past that is learned from. */
  readonly hours: number;
  readonly stepSeconds: number;
  readonly steps: number;
}

const COMMON = {
  ports: [],
  rbac: [],
  metrics: [],
  alerts: [],
  volumes: [
    // The server, its credentials, features and shards are those of the exporter.
    { name: 'config', mountPath: '/etc/bellwether', kind: 'config', of: EXPORTER },
    { name: 'tokens', mountPath: '/etc/bellwether-tokens', kind: 'secret', of: EXPORTER, optional: true },
    { name: 'models', mountPath: MODELS, kind: 'shared' },
  ],
  // The whole recording is held in memory: docs/training.md says what to do where that is not enough.
  resources: { cpuRequest: '200m', memoryRequest: '1Gi', memoryLimit: '4Gi' },
} as const satisfies Partial<ModuleDeclaration>;
const PROMETHEUS = { to: 'prometheus', port: 9090 } as const;

const argsOf = ({ hours, stepSeconds, steps }: TrainingPlan): readonly string[] => [
  '--config',
  '/etc/bellwether/bellwether.yaml',
  '--out',
  FOLDER,
  '--hours',
  String(hours),
  '--step',
  String(stepSeconds),
  '--steps',
  String(steps),
];

/** From verdicts to another model, one guarded step per call. */
export const retrainDeclaration = (plan: TrainingPlan, bundle: string): ModuleDeclaration => ({
  ...COMMON,
  name: 'retrain',
  args: [
    'retrain',
    ...argsOf(plan),
    '--receiver',
    `http://${bundle}-receiver:${PORTS.receiverApi}`,
    '--receiver-token-file',
    '/etc/bellwether-tokens/exporter',
  ],
  // A call that trains records a week first; the next ones wait for it.
  workload: { kind: 'CronJob', schedule: plan.schedule, deadlineSeconds: 6 * 3600, retries: 0, shardsOf: EXPORTER },
  egress: [PROMETHEUS, { to: 'own', port: PORTS.receiverApi }],
});

/** A first model from the past of the cluster, without any verdict. */
export const trainDeclaration = (plan: TrainingPlan): ModuleDeclaration => ({
  ...COMMON,
  name: 'train',
  args: ['train', '--from', 'prometheus', ...argsOf(plan), '--licence', 'own cluster'],
  workload: { kind: 'Job', deadlineSeconds: DAY, retries: 2, shardsOf: EXPORTER, last: true },
  egress: [PROMETHEUS],
});

/** The exporter with the models that are trained in the cluster; until there is one it has that of the program. */
export const withModels = (exporter: ModuleDeclaration, learned: 'shadow' | 'on'): ModuleDeclaration => ({
  ...exporter,
  args: [...exporter.args, '--learned', learned, '--models', FOLDER],
  volumes: [...exporter.volumes, { name: 'models', mountPath: MODELS, kind: 'shared', readOnly: true }],
});

/** What kube-state-metrics says of training; silent where there is none. */
export const trainingAlerts = (bundle: string): readonly AlertDeclaration[] => {
  const job = `{cronjob="${bundle}-retrain"}`;
  const ended = `max by (cronjob) (kube_cronjob_status_last_successful_time${job})`;
  const made = `max by (cronjob) (kube_cronjob_created${job})`;
  return [
    {
      name: 'BellwetherRetrainStale',
      // Where none has ever ended well, there is no time of it.
      expr: `time() - (${ended} or ${made}) > ${STALE_DAYS * DAY}`,
      forSeconds: 600,
      severity: 'warning',
      summary: 'No retraining has ended well for {{ $value | humanizeDuration }}',
      description: 'Verdicts go on changing scores, but no new model comes of them. The log of the last job says why.',
    },
    {
      name: 'BellwetherTrainingFailed',
      expr: `max by (job_name) (kube_job_failed{job_name="${bundle}-train",condition="true"}) == 1`,
      forSeconds: 300,
      severity: 'warning',
      summary: 'The training of the first model failed',
      description:
        'The exporter goes on with the model that it has. The log of the last try says why: often there is too little past to learn from.',
    },
  ];
};
