export const FLOWS_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Network flows: scored from a folder or by the API, with a part in the score of the workloads at both ends.',
  properties: {
    model: {
      type: 'string',
      minLength: 1,
      maxLength: 4096,
      description: 'Folder of a model from `bellwether flows train` or `flows learn`. Without it flows are neither read nor predicted.',
    },
    folder: {
      type: 'string',
      minLength: 1,
      maxLength: 4096,
      description: 'Folder of growing flow files (.csv), as a flow meter writes them. Without it only the API scores flows.',
    },
    stateFile: {
      type: 'string',
      minLength: 1,
      maxLength: 4096,
      description: 'Where it stands how far the folder was read. Without it the files are read from their start after a restart.',
    },
    workloads: {
      type: 'string',
      minLength: 1,
      maxLength: 4096,
      description:
        'YAML or JSON list of {address, namespace, kind, workload}; read again when it changes. Without it no workload gets a part in its score.',
    },
    intervalSeconds: { type: 'number', minimum: 0.1, maximum: 3600, default: 5, description: 'How often the folder is looked at.' },
    holdSeconds: {
      type: 'number',
      minimum: 10,
      maximum: 86400,
      default: 300,
      description: 'How long a flow counts in the score of its workloads.',
    },
    maxFindings: { type: 'integer', minimum: 1, maximum: 100000, default: 1000, description: 'Findings kept in memory, newest first.' },
  },
} as const;
