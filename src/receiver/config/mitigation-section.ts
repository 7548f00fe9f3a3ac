import { FLOW_ATTACK_ALERT, MITIGATION_TTL, WORKLOAD_ALERT } from '../../conventions/index.ts';

const NAME = { type: 'string', minLength: 1, maxLength: 253 } as const;
const FILE = { type: 'string', minLength: 1, maxLength: 4096 } as const;
// As Prometheus writes metric and label names.
const METRIC = { type: 'string', minLength: 1, maxLength: 200, pattern: '^[a-zA-Z_:][a-zA-Z0-9_:]*$' } as const;
const LABEL = { type: 'string', minLength: 1, maxLength: 200, pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$' } as const;
const count = (description: string, fallback: number, maximum = 1000) =>
  ({ type: 'integer', minimum: 1, maximum, default: fallback, description }) as const;
const minutes = (description: string, fallback: number) =>
  ({ type: 'number', minimum: 0.1, maximum: 1440, default: fallback, description }) as const;

export const MITIGATION_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Bounded, expiring limits on traffic. Needs a Kubernetes API.',
  properties: {
    enabled: { type: 'boolean', default: false, description: 'Whether mitigations are planned and applied at all.' },
    backEnds: {
      type: 'array',
      maxItems: 20,
      default: [],
      description: 'Data planes that may be used, the preferred first.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: {
          name: { ...NAME, description: 'Name of a back-end.' },
          mode: {
            type: 'string',
            enum: ['dryRun', 'enforce'],
            default: 'dryRun',
            description: '`enforce` lets it turn requests away, in namespaces that opted in.',
          },
        },
      },
    },
    prometheusUrl: {
      type: 'string',
      minLength: 1,
      maxLength: 2000,
      pattern: '^https?://',
      description: 'Prometheus, asked for usual rates, scores and effects. Without it alerts propose nothing.',
    },
    prometheusTokenFile: { ...FILE, description: 'File with a bearer token for Prometheus.' },
    namespace: { ...NAME, maxLength: 63, description: 'Own namespace, never touched; that of the pod where absent.' },
    switchName: {
      ...NAME,
      default: 'bellwether-mitigation',
      description: 'ConfigMap of the own namespace with the switch: `enabled` is `true`, `false` or `revert`.',
    },
    namespaces: {
      type: 'array',
      maxItems: 500,
      items: { ...NAME, maxLength: 63 },
      default: [],
      description: 'Namespaces in which mitigations may act, so that rights in them are enough; the whole cluster where empty.',
    },
    alerts: {
      type: 'array',
      maxItems: 50,
      items: NAME,
      default: [WORKLOAD_ALERT.name, FLOW_ATTACK_ALERT],
      description: 'Alerts that propose a limit on the workload they are about; none where empty.',
    },
    ttlMinutes: {
      type: 'number',
      minimum: MITIGATION_TTL.min / 60,
      maximum: MITIGATION_TTL.max / 60,
      default: MITIGATION_TTL.default / 60,
      description: 'Life of a limit that an alert proposed.',
    },
    roundSeconds: { type: 'number', minimum: 0.1, maximum: 60, default: 5, description: 'Time between two looks at all mitigations.' },
    budget: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'How much may be limited at once.',
      properties: {
        global: count('Most mitigations in force in the cluster.', 5),
        perNamespace: count('Most mitigations in force in a namespace.', 2),
        routeShare: {
          type: 'number',
          exclusiveMinimum: 0,
          maximum: 1,
          default: 0.2,
          description: 'Largest share of the routes of a data plane; one is always allowed.',
        },
        cooldownMinutes: minutes('A target rests this long before an alert may limit it again.', 10),
        flapCycles: count('After this many cycles within an hour only people may limit a target.', 3),
      },
    },
    numbers: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'How a limit follows from the usual traffic of its target.',
      properties: {
        factor: {
          type: 'number',
          minimum: 1,
          maximum: 1000,
          default: 3,
          description: 'Limit = 99th percentile of the usual rate of a client, times this.',
        },
        floorRequestsPerSecond: { type: 'number', minimum: 1, maximum: 100000, default: 5, description: 'No limit is lower.' },
        burstSeconds: { type: 'number', minimum: 0, maximum: 600, default: 5, description: 'Burst = rate times this.' },
      },
    },
    approval: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'When a person has to be asked.',
      properties: {
        expireMinutes: minutes('A request nobody approved, and an approval nobody used, end after this.', 10),
        autoScore: {
          type: 'number',
          minimum: 1,
          maximum: 1000,
          description:
            'Least score at which the limit of an alert may bite without a person, where the namespace opted in and the change is reversible. Always asked where absent.',
        },
      },
    },
    effectMinutes: minutes('A limit that turned nothing away for this long is called ineffective.', 2),
    failureRise: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.05,
      description: 'Rise of the share of failed requests at which a limit is taken back and nothing begins for half an hour.',
    },
    latencyFactor: {
      type: 'number',
      minimum: 1.1,
      maximum: 100,
      default: 2,
      description:
        'A limit is taken back where requests that are let through take this many times as long as when it was planned, and a quarter of a second longer.',
    },
    clientRates: {
      type: 'object',
      additionalProperties: false,
      required: ['metric'],
      description:
        'A counter of requests by client, such as one over access logs, or of Traefik with `headerLabels`. Numbers then come from single clients, and a limit that hits clients below its rate is taken back.',
      properties: {
        metric: { ...METRIC, description: 'Its name.' },
        clientLabel: { ...LABEL, default: 'client', description: 'Label with the client.' },
        namespaceLabel: { ...LABEL, default: 'namespace', description: 'Label with the namespace of the route.' },
        routeLabel: { ...LABEL, default: 'route', description: 'Label with the name of the route.' },
        codeLabel: { ...LABEL, default: 'code', description: 'Label with the status that was answered.' },
      },
    },
    alertsPerMinute: count('More new alerts a minute than this stop every new mitigation: the model may have drifted.', 30, 100_000),
    staleMinutes: minutes('A score that is older is no licence to act.', 2),
    forbidWhileFiring: {
      type: 'array',
      maxItems: 100,
      items: NAME,
      default: [],
      description: 'Alerts during which nothing may begin, as Prometheus has them: the cluster is in trouble of its own.',
    },
    protectedNamespaces: {
      type: 'array',
      maxItems: 500,
      items: NAME,
      default: [],
      description: 'Namespaces never touched, beside those in the code; a `*` at the end stands for anything.',
    },
    allowedClients: {
      type: 'array',
      maxItems: 100,
      items: { type: 'string', minLength: 3, maxLength: 49 },
      default: [],
      description: 'Addresses and ranges that no limit counts: health checks, monitoring.',
    },
  },
} as const;
