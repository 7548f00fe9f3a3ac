import { FEATURE_PACK_NAMES } from '../../features/index.ts';
import { DEFAULT_LEARNED, LEARNED_SETTINGS } from '../../scoring/index.ts';

const SELECTOR_TEXT = { type: 'string', minLength: 1, maxLength: 2000 } as const;
const LABEL_NAME = '^[a-zA-Z_][a-zA-Z0-9_]*$';

/** Samples further back than a month teach little: learned scales forget over two weeks at most. */
const MAX_BACKFILL_HOURS = 744;

export const BACKFILL_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'What is read at start, so that a restart neither forgets nor alarms. Scores are given once it has ended.',
  properties: {
    hours: {
      type: 'number',
      minimum: 0,
      maximum: MAX_BACKFILL_HOURS,
      default: 24,
      description: 'Length of the stretch that is read. 0 starts without a past: the first hours then give timid scores.',
    },
    stepSeconds: {
      type: 'number',
      minimum: 1,
      maximum: 3600,
      default: 60,
      description: 'Distance of two instants of the back-fill; larger is cheaper and coarser.',
    },
    sliceHours: {
      type: 'number',
      minimum: 0.05,
      maximum: 24,
      default: 1,
      description: 'Length of one read; bounds the memory and what is read again after an error.',
    },
  },
} as const;

export const FEATURES_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'What is read and made into the metrics of a workload.',
  properties: {
    preset: {
      type: 'string',
      enum: ['raw', 'recorded', 'none'],
      default: 'raw',
      description:
        '`raw` reads cAdvisor, kube-state-metrics and node_exporter as they are; `recorded` reads the recording rules that Bellwether ships, a tenth of the bytes; `none` reads `selectors` alone.',
    },
    only: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      minItems: 1,
      maxItems: 100,
      uniqueItems: true,
      description: 'Names of the preset features to use; all where absent.',
    },
    scope: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Matchers that narrow what the preset reads, each a selector such as `{cluster="a"}`.',
      properties: {
        all: { ...SELECTOR_TEXT, description: 'Added to every selector of the preset.' },
        cadvisor: { ...SELECTOR_TEXT, description: 'Added to the selectors of container metrics.' },
        kubeState: { ...SELECTOR_TEXT, description: 'Added to the selectors of kube-state-metrics.' },
        nodeExporter: { ...SELECTOR_TEXT, description: 'Added to the selectors of node_exporter.' },
        application: { ...SELECTOR_TEXT, description: 'Added to the selectors of request metrics.' },
      },
    },
    fallbackLabels: {
      type: 'array',
      maxItems: 20,
      description:
        'Labels on the series of a pod that name its workload where kube-state-metrics does not know it, tried in this order before the pattern of the pod name. Default: `deployment`, `statefulset`, `daemonset`.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['label', 'workloadKind'],
        properties: {
          label: { type: 'string', pattern: LABEL_NAME, description: 'Name of the label.' },
          workloadKind: { type: 'string', minLength: 1, maxLength: 63, description: 'Kind of the workload it names.' },
        },
      },
    },
    packs: {
      type: 'array',
      maxItems: 20,
      items: { type: 'string', enum: FEATURE_PACK_NAMES },
      default: [],
      description: 'Features of programs that not every cluster has, added to the preset: see docs/features.md.',
    },
    selectors: {
      type: 'array',
      maxItems: 200,
      default: [],
      description: 'Metrics of your own, each one a feature of the workloads, nodes or entities that its labels name.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'selector', 'entity'],
        properties: {
          name: {
            type: 'string',
            pattern: '^[a-zA-Z_:][a-zA-Z0-9_:]*$',
            maxLength: 200,
            description: 'Name of the feature, as it appears in `anomaly_score_contribution`.',
          },
          help: { type: 'string', minLength: 1, maxLength: 500, description: 'What it measures, for people.' },
          selector: { ...SELECTOR_TEXT, description: 'A PromQL vector selector, for example `queue_depth{job="worker"}`.' },
          kind: {
            type: 'string',
            enum: ['gauge', 'counter'],
            default: 'gauge',
            description: '`counter` is scored as its rate per second.',
          },
          entity: {
            description:
              'Whom a series belongs to: `pod` (labels namespace and pod), `workload` (labels namespace, workload, workload_kind), `node` (label node or instance), or a list of labels: exactly those then name the entity on every exposed series.',
            anyOf: [
              { type: 'string', enum: ['pod', 'workload', 'node'] },
              { type: 'array', items: { type: 'string', pattern: LABEL_NAME }, minItems: 1, maxItems: 10, uniqueItems: true },
            ],
          },
          combine: {
            type: 'string',
            enum: ['sum', 'max', 'mean'],
            description: 'How several series of one pod or entity become one number; by unit where absent.',
          },
          unit: { type: 'string', minLength: 1, maxLength: 40, description: 'Unit for people, for example `bytes`.' },
          unitClass: {
            type: 'string',
            enum: [
              'context',
              'cpu_cores',
              'ratio',
              'memory_ratio',
              'memory_bytes',
              'seconds',
              'bytes_per_second',
              'syscalls',
              'requests_per_second',
              'per_second',
              'success_ratio',
              'error_ratio',
              'stall_ratio',
              'other',
            ],
            description: 'Class that decides which deviations are too small to matter; by name where absent.',
          },
          min: { type: 'number', description: 'Smallest possible value: an expected band never goes below it.' },
          max: { type: 'number', description: 'Largest possible value.' },
        },
      },
    },
  },
} as const;

export const SCORING_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'How scores are made.',
  properties: {
    bank: {
      type: 'boolean',
      default: true,
      description: 'Keep samples of the past of each workload to compare with: finer order below the boundary for about 2 KB per metric.',
    },
    learned: {
      enum: LEARNED_SETTINGS,
      default: DEFAULT_LEARNED,
      description:
        'A learned model, in a thread of its own (about 60 MB): `shadow` runs it and counts what it would find, `on` lets it raise scores, `auto` does so where `intervalSeconds` is 60 or more (below, it changes nothing that its cost would be worth), or `models` is given.',
    },
    models: {
      type: 'string',
      minLength: 1,
      maxLength: 4096,
      description:
        'Folder of models from `bellwether train`: the one at work there is the learned model, and a newly promoted one is picked up while running. `{shard}` in it stands for the number of this exporter. Without it, and until a model was promoted there, the one that comes with the program is.',
    },
    seed: { type: 'integer', minimum: 0, maximum: 4294967295, default: 1, description: 'Seed of the random choice of kept samples.' },
  },
} as const;

export const FRESHNESS_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'When a score is too old to be shown.',
  properties: {
    missedCycles: {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 5,
      description:
        'Cycles without new data after which a score is withdrawn: for all workloads when reads fail, for one when it has no samples.',
    },
    forgetHours: {
      type: 'number',
      minimum: 0.1,
      maximum: 744,
      default: 36,
      description:
        'Time without data after which what was learned of a workload is dropped. Above a day, so that a daily job is remembered.',
    },
  },
} as const;
