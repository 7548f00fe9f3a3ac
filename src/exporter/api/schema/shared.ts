/** Unix seconds, as everywhere in Prometheus's API. */
export const SECONDS = { type: 'number', description: 'Unix seconds.' } as const;
export const NULLABLE_NUMBER = { type: ['number', 'null'] } as const;
export const NULLABLE_STRING = { type: ['string', 'null'] } as const;

export const LABELS = {
  type: 'object',
  additionalProperties: { type: 'string' },
  description: 'The labels that name the workload on every exposed series.',
} as const;

export const WORKLOAD_IDENTITY = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'namespace', 'workload', 'workloadKind', 'labels'],
  properties: {
    id: { type: 'string', description: 'Name of the workload in paths, for example `Deployment~shop~cart`.' },
    namespace: { type: 'string' },
    workload: { type: 'string' },
    workloadKind: { type: 'string', description: 'Deployment, StatefulSet, ..., Node, or empty for an entity of chosen labels.' },
    labels: LABELS,
  },
} as const;

export const CONTRIBUTOR = {
  type: 'object',
  additionalProperties: false,
  required: ['metric', 'contribution', 'observed', 'expected', 'lower', 'upper', 'unit', 'detector'],
  properties: {
    metric: { type: 'string' },
    contribution: { type: 'number', description: 'Share of the score, 0 to 1.' },
    observed: NULLABLE_NUMBER,
    expected: NULLABLE_NUMBER,
    lower: { ...NULLABLE_NUMBER, description: 'Lower end of the band inside which the value would not have been surprising.' },
    upper: NULLABLE_NUMBER,
    unit: { type: 'string' },
    detector: { type: 'string', description: 'What found it: level, change, plateau, cpu_limit, peer, lifecycle, ...' },
    pod: { type: 'string', description: 'The pod that stands out from its siblings.' },
  },
} as const;
